/// One violated rule of an input, and its location.
public struct Violation: Error, Sendable, Hashable {
    /// The maximum number of violations in one failure.
    public static let maxNamed = 100

    /// JSON Pointer (RFC 6901) to the invalid part: `""` is the whole input, `"/value"` a member.
    public let pointer: String
    /// Stable, `snake_case`.
    public let code: String
    /// Names the rule, and the value if it is not secret.
    public let detail: String

    public init(pointer: String = "", code: String, detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }

    /// The pointer to the member with that name, escaped as RFC 6901 requires.
    public static func pointer(to member: String) -> String {
        JSONPathStep.name(member).pointerToken
    }

    /// The same violation with a pointer from one level further out.
    public func nested(under prefix: String) -> Violation {
        Violation(pointer: prefix + pointer, code: code, detail: detail)
    }
}

extension Violation {
    /// A violated rule of a document; the detail begins with the line, from 1, and is one sentence.
    public static func inDocument(
        line: Int, pointer: String = "", code: String, _ sentence: String
    ) -> Violation {
        Violation(pointer: pointer, code: code, detail: "Line \(line): \(sentence).")
    }
}
