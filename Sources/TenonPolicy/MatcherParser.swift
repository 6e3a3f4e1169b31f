/// The names that a matcher can use.
struct MatcherNames: Sendable {
    /// `r` or `r2`, and the names after the dot.
    let requestType: String
    let request: [String]
    let ruleType: String
    let rule: [String]
    let roles: [PolicyModel.RoleDefinition]
}

/// Parses an expression by recursive descent. From lowest to highest precedence: `||`; `&&`; `== != < <= > >= in`; `+
/// -`; `* / %`; `! -`; calls, members and parentheses.
struct MatcherParser {
    /// The maximum bytes and nesting of an expression.
    static let maxBytes = 16_384
    static let maxNesting = 50
    /// The maximum number of sums, products and members: each of a chain nests those before it.
    static let maxOperations = 200

    private var lexer: MatcherLexer
    private let names: MatcherNames
    /// Whether this is a condition in a rule, which must not contain `eval`.
    private let isCondition: Bool
    /// Whether a literal pattern must be valid; otherwise a decision that needs it fails.
    private let checksPatterns: Bool
    private var nesting = 0
    private var operations = 0
    private var token = MatcherToken(.end, at: 0)

    init(
        _ source: SourceText, _ range: Range<Int>, _ names: MatcherNames, isCondition: Bool,
        checksPatterns: Bool = true
    ) {
        lexer = MatcherLexer(source, range)
        self.names = names
        self.isCondition = isCondition
        self.checksPatterns = checksPatterns
    }

    /// Parses the whole text as one expression.
    mutating func expression() throws(PolicySyntaxError) -> MatcherExpression {
        try lexer.checkSize(Self.maxBytes)
        try advance()
        let result = try disjunction()
        guard token.kind == .end else { throw lexer.fault("an operator is expected here", at: token.offset) }
        return result
    }

    private mutating func advance() throws(PolicySyntaxError) { token = try lexer.next() }

    private mutating func take(_ symbol: String) throws(PolicySyntaxError) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ symbol: String) throws(PolicySyntaxError) {
        guard try take(symbol) else { throw lexer.fault("'\(symbol)' is expected here", at: token.offset) }
    }

    /// Every nested expression is parsed here.
    private mutating func disjunction() throws(PolicySyntaxError) -> MatcherExpression {
        try deeper()
        defer { nesting -= 1 }
        var parts = [try conjunction()]
        while try take("||") { parts.append(try conjunction()) }
        return Self.balanced(parts[...], MatcherExpression.or)
    }

    private mutating func conjunction() throws(PolicySyntaxError) -> MatcherExpression {
        var parts = [try comparison()]
        while try take("&&") { parts.append(try comparison()) }
        return Self.balanced(parts[...], MatcherExpression.and)
    }

    /// A tree with logarithmic depth, evaluated in the same order as a chain.
    private static func balanced(
        _ parts: ArraySlice<MatcherExpression>, _ join: (MatcherExpression, MatcherExpression) -> MatcherExpression
    ) -> MatcherExpression {
        if parts.count == 1 { return parts[parts.startIndex] }
        let middle = parts.startIndex + parts.count / 2
        return join(balanced(parts[..<middle], join), balanced(parts[middle...], join))
    }

    private mutating func comparison() throws(PolicySyntaxError) -> MatcherExpression {
        let left = try sum()
        let comparison: MatcherComparison
        switch token.kind {
        case .symbol("=="): comparison = .equal
        case .symbol("!="): comparison = .unequal
        case .symbol("<"): comparison = .less
        case .symbol("<="): comparison = .lessOrEqual
        case .symbol(">"): comparison = .greater
        case .symbol(">="): comparison = .greaterOrEqual
        case .name("in"): return try membership(of: left)
        default: return left
        }
        try advance()
        return .compare(comparison, left, try sum())
    }

    /// `in ('a', 'b')`, `in ['a', 'b']`, or `in` a list of the request.
    private mutating func membership(of value: MatcherExpression) throws(PolicySyntaxError) -> MatcherExpression {
        try advance()
        switch token.kind {
        case .symbol("("): return .isOneOf(value, try list())
        case .symbol("["):
            let values = try list(from: "[", to: "]")
            return values.count == 1 ? .compare(.equal, value, values[0]) : .isOneOf(value, values)
        default: return .isElement(value, of: try sum())
        }
    }

    private mutating func sum() throws(PolicySyntaxError) -> MatcherExpression {
        var result = try product()
        while true {
            let operation: MatcherOperation
            switch token.kind {
            case .symbol("+"): operation = .add
            case .symbol("-"): operation = .subtract
            default: return result
            }
            try step()
            result = .calculate(operation, result, try product())
        }
    }

    private mutating func product() throws(PolicySyntaxError) -> MatcherExpression {
        var result = try unary()
        while true {
            let operation: MatcherOperation
            switch token.kind {
            case .symbol("*"): operation = .multiply
            case .symbol("/"): operation = .divide
            case .symbol("%"): operation = .remainder
            default: return result
            }
            try step()
            result = .calculate(operation, result, try unary())
        }
    }

    /// Skips an operator.
    private mutating func step() throws(PolicySyntaxError) {
        operations += 1
        guard operations <= Self.maxOperations else {
            throw tooLarge("must have at most \(Self.maxOperations) operations")
        }
        try advance()
    }

    private mutating func unary() throws(PolicySyntaxError) -> MatcherExpression {
        try deeper()
        defer { nesting -= 1 }
        if try take("!") { return .not(try unary()) }
        if try take("-") { return .negative(try unary()) }
        var result = try primary()
        while token.kind == .symbol(".") {
            try step()
            guard case .name(let name) = token.kind else {
                throw lexer.fault("the name of a member is expected here", at: token.offset)
            }
            try advance()
            result = .member(result, name)
        }
        return result
    }

    private mutating func primary() throws(PolicySyntaxError) -> MatcherExpression {
        let start = token
        try advance()
        switch start.kind {
        case .text(let text): return .literal(.text(text))
        case .number(let number): return .literal(.number(number))
        case .symbol("("):
            let inner = try disjunction()
            try expect(")")
            return inner
        case .name("true"): return .literal(.bool(true))
        case .name("false"): return .literal(.bool(false))
        case .name(let name): return try named(name, start.offset)
        case .symbol, .end: throw lexer.fault("expected a value", at: start.offset)
        }
    }

    private mutating func named(_ name: String, _ offset: Int) throws(PolicySyntaxError) -> MatcherExpression {
        if token.kind == .symbol("(") { return try call(name, offset) }
        let isRequest = name == names.requestType
        guard isRequest || name == names.ruleType else {
            throw lexer.fault(
                "a value must be \(names.requestType).… of the request or \(names.ruleType).… of the rule, "
                    + "or a quoted text", at: offset)
        }
        try expect(".")
        let fields = isRequest ? names.request : names.rule
        guard case .name(let field) = token.kind, let place = fields.firstIndex(of: field) else {
            throw lexer.fault("\(name) must be followed by one of \(fields.joined(separator: ", "))", at: token.offset)
        }
        try advance()
        return isRequest ? .request(place) : .rule(place)
    }

    private mutating func call(_ name: String, _ offset: Int) throws(PolicySyntaxError) -> MatcherExpression {
        let arguments = try list()
        if name == "eval", !isCondition {
            guard arguments.count == 1, case .rule(let column) = arguments[0] else {
                throw lexer.fault(
                    "the argument of eval must be a field of the rule, such as \(names.ruleType).sub_rule", at: offset)
            }
            return .condition(column)
        }
        if let relation = names.roles.firstIndex(where: { $0.name == name }) {
            let width = names.roles[relation].width
            guard arguments.count == 2 || arguments.count == width else {
                throw lexer.fault("\(name) needs \(width) arguments", at: offset)
            }
            return .hasRole(
                relation: relation, arguments[0], arguments[1], domain: arguments.count == 3 ? arguments[2] : nil)
        }
        guard let function = MatcherFunction(rawValue: name) else {
            throw lexer.fault("unknown function \(name)", at: offset)
        }
        guard arguments.count == function.width else {
            throw lexer.fault("\(name) needs \(function.width) arguments", at: offset)
        }
        if checksPatterns, let kind = function.pattern, case .literal(.text(let text)) = arguments[1],
            let reason = kind.fault(in: text)
        {
            throw lexer.fault(reason, at: offset)
        }
        return .call(function, arguments)
    }

    /// `(a, b, …)`.
    private mutating func list(
        from opening: String = "(", to closing: String = ")"
    ) throws(PolicySyntaxError) -> [MatcherExpression] {
        try expect(opening)
        var values = [try disjunction()]
        while try take(",") { values.append(try disjunction()) }
        try expect(closing)
        return values
    }

    private mutating func deeper() throws(PolicySyntaxError) {
        nesting += 1
        guard nesting <= Self.maxNesting else { throw tooLarge("must be nested at most \(Self.maxNesting) deep") }
    }

    private func tooLarge(_ bound: String) -> PolicySyntaxError {
        PolicySyntaxError(.tooLarge, "an expression \(bound)", at: lexer.place(token.offset))
    }
}
