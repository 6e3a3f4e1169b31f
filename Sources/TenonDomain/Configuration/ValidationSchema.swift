public import TenonKit

/// The rules of an entry's values, checked on write. Missing members allow everything.
public enum ValidationSchema: Sendable, Equatable {
    case string(StringRules)
    case number(NumberRules)
    case select(SelectRules)
    case boolean
    /// Without a schema, any JSON.
    case json(JSONSchema?)
}

/// Lengths count Unicode scalars; the pattern is searched for, so anchor it with `^` and `$`.
public struct StringRules: Sendable, Equatable {
    public var minLength: Int?
    public var maxLength: Int?
    public var pattern: Pattern?

    public init(minLength: Int? = nil, maxLength: Int? = nil, pattern: Pattern? = nil) {
        self.minLength = minLength
        self.maxLength = maxLength
        self.pattern = pattern
    }
}

/// Both limits are inclusive.
public struct NumberRules: Sendable, Equatable {
    public var minValue: JSONNumber?
    public var maxValue: JSONNumber?
    /// Only whole numbers; `1.0` is one.
    public var integer: Bool

    public init(minValue: JSONNumber? = nil, maxValue: JSONNumber? = nil, integer: Bool = false) {
        self.minValue = minValue
        self.maxValue = maxValue
        self.integer = integer
    }
}

/// 1 to 1,000 strings to choose from, distinct by their code points like JSON strings.
public struct SelectRules: Sendable, Equatable {
    public var options: [String]

    public init(options: [String]) {
        self.options = options
    }
}

extension ValidationSchema {
    /// The violations of a value, with pointers from the value's root. They contain the value only if `isShown`, and only
    /// a number. Fails like `RequestBudget.spend`.
    public func violations(
        of value: JSONValue, as type: ConfigValueType, isShown: Bool = false,
        charging budget: RequestBudget = .unlimited
    ) throws(Failure) -> [Violation] {
        switch (self, value) {
        case (.string(let rules), .string(let text)): try rules.violations(of: text, charging: budget)
        case (.number(let rules), .number(let number)): rules.violations(of: number, isShown: isShown)
        case (.select(let rules), .string(let choice)): try rules.violations(of: choice, charging: budget)
        case (.boolean, .bool), (.json(nil), _): []
        case (.json(let schema?), let value):
            try budget.charge { budget throws(KitError) in try schema.violations(of: value, charging: budget) }
        default:
            [
                Violation(
                    code: "wrong_type",
                    detail: "must be \(type.expectation), got \(value.kindName)")
            ]
        }
    }
}

extension ValidationSchema {
    /// The approximate bytes in memory, for caches.
    public var footprint: Int {
        switch self {
        case .string(let rules): 256 + 16 * (rules.pattern?.instructionCount ?? 0)
        case .select(let rules): rules.options.reduce(256) { $0 + 32 + $1.utf8.count }
        case .number, .boolean, .json(nil): 256
        case .json(let schema?): 256 + schema.footprint
        }
    }
}

extension ConfigValueType {
    /// The JSON of a value of the type.
    fileprivate var expectation: String {
        switch self {
        case .string: "a JSON string"
        case .number: "a JSON number"
        case .boolean: "true or false"
        case .select: "one of the options, a JSON string"
        case .json: "any JSON"
        }
    }
}

extension StringRules {
    fileprivate func violations(of text: String, charging budget: RequestBudget) throws(Failure) -> [Violation] {
        var violations: [Violation] = []
        let length = text.unicodeScalars.count
        if let minLength, length < minLength {
            violations.append(
                Violation(code: "too_short", detail: "must be at least \(minLength) characters, got \(length)"))
        }
        if let maxLength, length > maxLength {
            violations.append(
                Violation(code: "too_long", detail: "must be at most \(maxLength) characters, got \(length)"))
        }
        guard let pattern else { return violations }
        let (matches, isExhausted) = try budget.charge { budget throws(KitError) in
            var meter = StepMeter(Pattern.maxSteps, of: budget)
            let matches = pattern.matches(text, &meter)
            try meter.settle()
            return (matches, meter.isExhausted)
        }
        if isExhausted {
            violations.append(
                Violation(
                    code: "too_long_for_pattern",
                    detail: "is too long for so large a pattern; shorten one of them"))
        } else if !matches {
            violations.append(
                Violation(code: "pattern_mismatch", detail: "must match the pattern \(pattern.source)"))
        }
        return violations
    }
}

extension NumberRules {
    fileprivate func violations(of number: JSONNumber, isShown: Bool) -> [Violation] {
        let got = isShown ? ", got \(number)" : ""
        var violations: [Violation] = []
        if let minValue, number < minValue {
            violations.append(Violation(code: "too_small", detail: "must be at least \(minValue)\(got)"))
        }
        if let maxValue, number > maxValue {
            violations.append(Violation(code: "too_large", detail: "must be at most \(maxValue)\(got)"))
        }
        if integer, !number.isInteger {
            violations.append(Violation(code: "not_an_integer", detail: "must be a whole number\(got)"))
        }
        return violations
    }
}

extension SelectRules {
    fileprivate func violations(of choice: String, charging budget: RequestBudget) throws(Failure) -> [Violation] {
        try budget.spend(options.count)
        guard !options.contains(where: { sameBytes($0, choice) }) else { return [] }
        let shown = options.prefix(10).map { $0.unicodeScalars.count > 64 ? $0.prefix(64) + "…" : $0 }
        let more = options.count > 10 ? " and \(options.count - 10) more" : ""
        return [Violation(code: "not_an_option", detail: "must be one of \(shown.joined(separator: ", "))\(more)")]
    }
}
