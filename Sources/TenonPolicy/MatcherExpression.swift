internal import TenonKit

/// A parsed matcher with resolved names.
indirect enum MatcherExpression: Sendable {
    case literal(MatcherValue)
    /// A value of the request, and a field of the rule, by index.
    case request(Int)
    case rule(Int)
    case member(MatcherExpression, String)
    case not(MatcherExpression)
    case negative(MatcherExpression)
    case and(MatcherExpression, MatcherExpression)
    case or(MatcherExpression, MatcherExpression)
    case compare(MatcherComparison, MatcherExpression, MatcherExpression)
    case calculate(MatcherOperation, MatcherExpression, MatcherExpression)
    /// Whether it equals one of the others; a single list counts as its elements.
    case isOneOf(MatcherExpression, [MatcherExpression])
    case isElement(MatcherExpression, of: MatcherExpression)
    /// Whether the first has the second as a role, or is it; with a domain if the relation has domains.
    case hasRole(relation: Int, MatcherExpression, MatcherExpression, domain: MatcherExpression?)
    case call(MatcherFunction, [MatcherExpression])
    /// The condition in the rule's field.
    case condition(Int)

    /// Whether the result depends on the rule.
    var dependsOnRule: Bool {
        switch self {
        case .literal, .request: false
        case .rule, .condition: true
        case .member(let part, _), .not(let part), .negative(let part): part.dependsOnRule
        case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right),
            .calculate(_, let left, let right), .isElement(let left, let right):
            left.dependsOnRule || right.dependsOnRule
        case .isOneOf(let part, let others): part.dependsOnRule || others.contains(where: \.dependsOnRule)
        case .hasRole(_, let name, let role, let domain):
            name.dependsOnRule || role.dependsOnRule || domain?.dependsOnRule == true
        case .call(_, let arguments): arguments.contains(where: \.dependsOnRule)
        }
    }

    /// Visits the expression and all of its parts.
    func visit(_ body: (MatcherExpression) -> Void) {
        body(self)
        switch self {
        case .literal, .request, .rule, .condition: break
        case .member(let part, _), .not(let part), .negative(let part): part.visit(body)
        case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right),
            .calculate(_, let left, let right), .isElement(let left, let right):
            left.visit(body)
            right.visit(body)
        case .isOneOf(let part, let others):
            part.visit(body)
            for other in others { other.visit(body) }
        case .hasRole(_, let name, let role, let domain):
            name.visit(body)
            role.visit(body)
            domain?.visit(body)
        case .call(_, let arguments): for argument in arguments { argument.visit(body) }
        }
    }
}

enum MatcherComparison: Sendable {
    case equal, unequal, less, lessOrEqual, greater, greaterOrEqual
}

enum MatcherOperation: Sendable {
    case add, subtract, multiply, divide, remainder
}

/// The result of an expression.
enum MatcherValue: Sendable {
    case text(String)
    /// As written: compared exactly.
    case number(JSONNumber)
    /// The result of arithmetic.
    case computed(Double)
    case bool(Bool)
    case array([JSONValue])
    case object(JSONObject)
    case null

    init(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .text(text)
        case .number(let number): self = .number(number)
        case .bool(let value): self = .bool(value)
        case .array(let items): self = .array(items)
        case .object(let members): self = .object(members)
        case .null: self = .null
        }
    }

    /// The number, as used in arithmetic.
    var double: Double? {
        switch self {
        case .number(let number): Double(JSONValue.number(number).description)
        case .computed(let value): value
        case .text, .bool, .array, .object, .null: nil
        }
    }

    /// The additional steps of comparing the two.
    func steps(besides other: MatcherValue) -> Int {
        switch (self, other) {
        case (.text(let left), .text(let right)): min(left.utf8.count, right.utf8.count) / 64
        case (.array(let items), .array(let others)): items.count == others.count ? JSONValue.array(items).size : 0
        case (.object(let members), .object(let others)):
            members.count == others.count ? JSONValue.object(members).size : 0
        default: 0
        }
    }

    /// Values of different kinds are never equal.
    func isSame(as other: MatcherValue) -> Bool {
        switch (self, other) {
        case (.text(let left), .text(let right)): sameBytes(left, right)
        case (.number(let left), .number(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        case (.null, .null): true
        case (.computed, _), (_, .computed): double.map { $0 == other.double } ?? false
        case (.text, _), (.number, _), (.bool, _), (.array, _), (.object, _), (.null, _): false
        }
    }

    /// Whether this is less than the other; nil if the two have no order.
    func isLess(than other: MatcherValue) -> Bool? {
        switch (self, other) {
        case (.text(let left), .text(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.number(let left), .number(let right)): return left < right
        default:
            guard let left = double, let right = other.double else { return nil }
            return left < right
        }
    }
}
