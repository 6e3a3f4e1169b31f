/// The steps that an evaluation has left.
struct JSONSchemaBudget {
    private var left: Int
    /// Once spent, everything that asks is refused.
    private(set) var isExhausted = false

    init(_ steps: Int) {
        left = steps
    }

    /// False, from then on, where there are not so many steps left.
    mutating func spend(_ steps: Int) -> Bool {
        guard !isExhausted, steps <= left else {
            isExhausted = true
            return false
        }
        left -= steps
        return true
    }

    /// Gives up.
    mutating func exhaust() {
        isExhausted = true
    }

    /// Whether the pattern matches; a step pays for 16 instructions of it on a byte. A text that is too long for
    /// what is left is not tried.
    mutating func matches(_ text: String, _ pattern: Pattern) -> Bool {
        spend(1 + pattern.instructionCount * text.utf8.count / 16) && pattern.matches(text)
    }

    /// The steps that it takes to hash a value or to compare it.
    static func size(of value: JSONValue) -> Int {
        switch value {
        case .null, .bool, .number: 1
        case .string(let text): 1 + text.utf8.count / 64
        case .array(let elements): elements.reduce(1) { $0 + size(of: $1) }
        case .object(let members): members.reduce(1) { $0 + 1 + $1.name.utf8.count / 64 + size(of: $1.value) }
        }
    }
}
