/// One broken rule in an input, and where.
public struct Violation: Error, Sendable, Hashable {
    /// The most that one refusal of a long input names.
    public static let maxNamed = 100

    /// JSON Pointer (RFC 6901) to the offending part: `""` is the whole, `"/value"` a member.
    public let pointer: String
    /// Stable, `snake_case`.
    public let code: String
    /// Says what is expected; never repeats a secret.
    public let detail: String

    public init(pointer: String = "", code: String, detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }

    /// The pointer to a member of that name, escaped as RFC 6901 asks.
    public static func pointer(to member: String) -> String {
        JSONPathStep.name(member).pointerToken
    }

    /// The same violation seen from one level further out.
    public func nested(under prefix: String) -> Violation {
        Violation(pointer: prefix + pointer, code: code, detail: detail)
    }
}

extension Violation {
    /// A rule that a document breaks; the detail begins with the line, from 1, and is one sentence.
    public static func inDocument(
        line: Int, pointer: String = "", code: String, _ sentence: String
    ) -> Violation {
        Violation(pointer: pointer, code: code, detail: "Line \(line): \(sentence).")
    }
}
