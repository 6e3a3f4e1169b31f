internal import TenonKit

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

    /// Fields, and derived components, which begin with `@`.
    public enum ComponentFault: Error {
        /// The component is unknown, or has an unsupported parameter.
        case unknown
        /// The request lacks it, or repeats the query parameter.
        case missing
    }

    public let method: String
    /// `http` or `https`.
    public let scheme: String
    /// The host in lower case, with its port unless it is the scheme's default.
    public let authority: String
    /// As in the request line.
    public let requestTarget: String
    /// As sent, percent-encoded; at least `/`.
    public let path: String
    /// Without the `?`; empty if there is none.
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

    /// The values of all fields with the lower-case name, joined; nil if there are none.
    public func field(_ name: String) -> String? {
        let values = fields.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }
        guard !values.isEmpty else { return nil }
        return values.map { Self.trimmed($0.value) }.joined(separator: ", ")
    }

    /// The component's value in the signature base. `parameters` are those of the query.
    func value(
        of component: StructuredItem, _ parameters: SignableParameters
    ) throws(ComponentFault) -> String {
        guard case .string(let name) = component.bare else { throw .unknown }
        if name == SignableParameters.component { return try parameters.value(component.parameters) }
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

    private static func trimmed(_ text: String) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard text.utf8.first.map(isSpace) == true || text.utf8.last.map(isSpace) == true else { return text }
        let bytes = text.utf8.drop(while: isSpace)
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(Substring(bytes[...last]))
    }
}
