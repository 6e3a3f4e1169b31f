/// A request as HTTP Message Signatures see it (RFC 9421 §2).
public struct SignableRequest: Sendable {
    public struct Field: Sendable {
        /// In any case.
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Fields, and what the head says besides, which begins with `@`.
    public enum ComponentFault: Error {
        /// There is no such component, or a parameter of it that is not supported.
        case unknown
        /// The request does not have it, or a query's parameter more than once.
        case missing
    }

    public let method: String
    /// `http` or `https`.
    public let scheme: String
    /// The host in lower case, with its port where that is not the scheme's own.
    public let authority: String
    /// As it stands on the request's line.
    public let requestTarget: String
    /// As it stands there, so percent-encoded; at least `/`.
    public let path: String
    /// Without the `?`; empty where there is none.
    public let query: String
    public let fields: [Field]

    public init(
        method: String, scheme: String, authority: String, requestTarget: String, path: String, query: String,
        fields: [Field]
    ) {
        self.method = method
        self.scheme = scheme
        self.authority = authority
        self.requestTarget = requestTarget
        self.path = path
        self.query = query
        self.fields = fields
    }

    /// Of all fields of the name, which is in lower case, one after the other; nil where there is none.
    public func field(_ name: String) -> String? {
        let values = fields.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }
        guard !values.isEmpty else { return nil }
        return values.map { Self.trimmed($0.value) }.joined(separator: ", ")
    }

    /// What the component stands for in the signature base.
    public func value(of component: StructuredItem) throws(ComponentFault) -> String {
        guard case .string(let name) = component.bare else { throw .unknown }
        if name == "@query-param" { return try parameter(component.parameters) }
        guard component.parameters.isEmpty else { throw .unknown }
        switch name {
        case "@method": return method
        case "@authority": return authority
        case "@scheme": return scheme
        case "@path": return path
        case "@query": return "?\(query)"
        case "@request-target": return requestTarget
        case "@target-uri": return "\(scheme)://\(authority)\(path)" + (query.isEmpty ? "" : "?\(query)")
        default:
            guard name.utf8.first != UInt8(ascii: "@"), name == name.lowercased() else { throw .unknown }
            guard let value = field(name) else { throw .missing }
            return value
        }
    }

    /// One parameter of the query, which must stand there once (§2.2.8).
    private func parameter(_ parameters: [StructuredParameter]) throws(ComponentFault) -> String {
        guard parameters.count == 1, parameters[0].name == "name", case .string(let wanted) = parameters[0].value else {
            throw .unknown
        }
        var found: String?
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard Self.formEncoded(halves[0]) == wanted else { continue }
            guard found == nil else { throw .missing }
            found = halves.count == 2 ? Self.formEncoded(halves[1]) : ""
        }
        guard let found else { throw .missing }
        return found
    }

    /// Decoded as a form is, and encoded again with `%20` for a space.
    private static func formEncoded(_ text: Substring.UTF8View) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        var at = text.startIndex
        func digit(_ index: Substring.UTF8View.Index) -> UInt8? {
            index < text.endIndex ? Character(Unicode.Scalar(text[index])).hexDigitValue.map { UInt8($0) } : nil
        }
        while at < text.endIndex {
            var byte = text[at] == UInt8(ascii: "+") ? 0x20 : text[at]
            at = text.index(after: at)
            if byte == UInt8(ascii: "%"), let high = digit(at), let low = digit(text.index(after: at)) {
                byte = high << 4 | low
                at = text.index(at, offsetBy: 2)
            }
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2A, 0x2D, 0x2E, 0x5F: encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard text.utf8.first.map(isSpace) == true || text.utf8.last.map(isSpace) == true else { return text }
        let bytes = text.utf8.drop(while: isSpace)
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(Substring(bytes[...last]))
    }
}
