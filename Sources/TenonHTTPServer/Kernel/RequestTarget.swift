/// The target of a request (RFC 9112 §3.2): path and query, or a complete URL.
struct RequestTarget: Equatable {
    /// As received, still percent-encoded; begins with `/`. `*` for the server as a whole.
    let path: Substring
    /// Without the `?`; empty if there is none.
    let query: Substring
    /// Of a complete URL; takes precedence over the `Host` field.
    let authority: Substring?

    /// Nil for any other form, and for invalid characters.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else { return nil }
        var rest = text[...]
        var authority: Substring?
        if text.utf8.first != UInt8(ascii: "/"),
            let scheme = ["http://", "https://"].first(where: { text.prefix($0.count).lowercased() == $0 })
        {
            rest = rest.dropFirst(scheme.count)
            let name = rest.prefix { $0 != "/" && $0 != "?" }
            guard !name.isEmpty, !name.contains("@") else { return nil }
            authority = name
            rest = rest[name.endIndex...]
        }
        self.authority = authority
        // By bytes, for every request comes here: of characters that is several times the work.
        let end = rest.utf8.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let path = rest[..<end]
        self.path = path.isEmpty && authority != nil ? "/" : path
        query = rest[end...].dropFirst()
        guard self.path.utf8.first == UInt8(ascii: "/") || text == "*" else { return nil }
    }
}
