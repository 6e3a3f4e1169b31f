/// A reference to a resource, split by RFC 3986, appendix B, which accepts any text.
struct URIReference {
    private var scheme: String?
    private var authority: String?
    private var path: String
    private var query: String?
    /// As written, percent-encoded; nil without a `#`.
    private(set) var fragment: String?

    init(_ text: String) {
        var rest = text.unicodeScalars[...]
        fragment = Self.cutTail(of: &rest, at: "#")
        query = Self.cutTail(of: &rest, at: "?")
        if let end = rest.firstIndex(where: { $0 == ":" || $0 == "/" }), rest[end] == ":", end > rest.startIndex {
            scheme = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
        }
        if rest.starts(with: ["/", "/"]) {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        path = String(rest)
    }

    /// Removes the separator and the text after it, and returns the latter.
    private static func cutTail(of text: inout Substring.UnicodeScalarView, at separator: Unicode.Scalar) -> String? {
        guard let place = text.firstIndex(of: separator) else { return nil }
        defer { text = text[..<place] }
        return String(text[text.index(after: place)...])
    }

    /// The resource it refers to, without the fragment.
    var resource: String {
        (scheme.map { $0 + ":" } ?? "") + (authority.map { "//" + $0 } ?? "") + path + (query.map { "?" + $0 } ?? "")
    }

    /// The reference resolved against a base (RFC 3986, section 5.2.2).
    func resolved(against base: URIReference) -> URIReference {
        var target = self
        if scheme == nil {
            target.scheme = base.scheme
            if authority == nil {
                target.authority = base.authority
                if path.isEmpty {
                    target.path = base.path
                    target.query = query ?? base.query
                } else if path.unicodeScalars.first != "/" {
                    target.path = base.merged(with: path)
                }
            }
        }
        target.path = Self.removingDotSegments(target.path)
        return target
    }

    private func merged(with relative: String) -> String {
        if authority != nil, path.isEmpty { return "/" + relative }
        guard let slash = path.unicodeScalars.lastIndex(of: "/") else { return relative }
        return String(path.unicodeScalars[...slash]) + relative
    }

    private static func removingDotSegments(_ path: String) -> String {
        let segments = path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        var kept: [String] = []
        for segment in segments {
            switch segment {
            case ".": break
            case "..":
                // The empty segment before the first slash stays.
                if kept.count > 1 || kept.first?.isEmpty == false { kept.removeLast() }
            default: kept.append(segment)
            }
        }
        // A path that ends in a dot segment ends in a slash.
        if let last = segments.last, last == "." || last == ".." { kept.append("") }
        return kept.joined(separator: "/")
    }

    /// The fragment without percent-encoding, empty if there is none; nil if that is not UTF-8.
    var decodedFragment: String? {
        var bytes: [UInt8] = []
        var rest = (fragment ?? "").utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(UInt8(digits[0] << 4 | digits[1]))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
