internal import TenonKit

/// Evaluates expressions for one request, on one rule after the other.
struct MatcherRun {
    /// The rule to use if a policy has none: all of its fields are empty.
    static let emptyRule = -1

    let program: PolicyProgram
    private let rules: PolicyProgram.Rules
    private let request: [MatcherValue]
    private let time: DecisionTime
    /// A step is the evaluation of one part of an expression. Work that grows with its input counts more steps.
    private(set) var meter: StepMeter
    /// The roles that this decision has looked up.
    private var roles: [(relation: Int, name: Int32, domain: Int32, links: RoleGraph.Links, found: Set<Int32>)] = []

    var rule = MatcherRun.emptyRule

    init(
        _ program: PolicyProgram, _ rules: PolicyProgram.Rules, _ request: [JSONValue], _ time: DecisionTime,
        _ meter: StepMeter
    ) {
        self.time = time
        self.meter = meter
        self.program = program
        self.rules = rules
        self.request = request.map(MatcherValue.init)
    }

    mutating func count(_ work: Int) throws(MatcherFault) {
        guard meter.spend(work) else { throw .tooMuchWork }
    }

    /// Passes if compiling and matching ended within the steps.
    mutating func matches(_ text: String, _ pattern: String, _ kind: MatcherPattern) throws(MatcherFault) -> Bool {
        let compiled = try program.patterns.pattern(kind, pattern, &meter).get()
        let matches = compiled.matches(text, &meter)
        guard !meter.isExhausted else { throw .tooMuchWork }
        return matches
    }

    /// Whether it is true. As in Casbin, a number other than 0 is true.
    mutating func truth(_ expression: MatcherExpression) throws(MatcherFault) -> Bool {
        switch expression {
        case .and(let left, let right):
            guard try truth(left) else { return false }
            return try truth(right)
        case .or(let left, let right):
            if try truth(left) { return true }
            return try truth(right)
        case .not(let part): return try !truth(part)
        case .hasRole(let relation, let name, let role, let domain):
            return try hasRole(relation, name, role, domain)
        case .condition(let column):
            guard rule != Self.emptyRule else { throw .nothingToEvaluate }
            guard let condition = rules.conditions[rules.field(column, of: rule)] else { throw .notTruth }
            return try truth(condition)
        case .literal, .request, .rule, .member, .negative, .compare, .calculate, .isOneOf, .isElement, .call:
            switch try value(expression) {
            case .bool(let result): return result
            case .number(let number): return !number.isZero
            case .computed(let number): return number != 0
            case .text, .array, .object, .null: throw .notTruth
            }
        }
    }

    mutating func value(_ expression: MatcherExpression) throws(MatcherFault) -> MatcherValue {
        try count(1)
        switch expression {
        case .literal(let value): return value
        case .request(let place): return request[place]
        case .rule(let column): return .text(rule == Self.emptyRule ? "" : rules.text(column, of: rule, in: program))
        case .member(let part, let name):
            guard case .object(let members) = try value(part), let member = members[name] else {
                throw .missingMember(name)
            }
            return MatcherValue(member)
        case .negative(let part):
            guard let number = try value(part).double else { throw .notNumber }
            return .computed(-number)
        case .compare(let comparison, let left, let right):
            let (left, right) = (try value(left), try value(right))
            try count(left.steps(besides: right))
            return .bool(try Self.compare(comparison, left, right))
        case .calculate(let operation, let left, let right):
            let (left, right) = (try value(left), try value(right))
            if operation == .add, case .text(let left) = left, case .text(let right) = right {
                try count((left.utf8.count + right.utf8.count) / 64)
                return .text(left + right)
            }
            return try Self.calculate(operation, left, right)
        case .isOneOf(let part, let others):
            let wanted = try value(part)
            for other in others {
                let found = try value(other)
                try count(found.steps(besides: wanted))
                if found.isSame(as: wanted) { return .bool(true) }
                if others.count == 1, case .array(let items) = found { return .bool(try has(items, wanted)) }
            }
            return .bool(false)
        case .isElement(let part, let list):
            let wanted = try value(part)
            guard case .array(let items) = try value(list) else { throw .notList }
            return .bool(try has(items, wanted))
        case .call(let function, let arguments): return try call(function, arguments)
        case .not, .and, .or, .hasRole, .condition: return .bool(try truth(expression))
        }
    }

    private mutating func has(_ items: [JSONValue], _ wanted: MatcherValue) throws(MatcherFault) -> Bool {
        for item in items {
            let item = MatcherValue(item)
            try count(1 + item.steps(besides: wanted))
            if item.isSame(as: wanted) { return true }
        }
        return false
    }

    /// The text, if it is one.
    mutating func text(_ expression: MatcherExpression) throws(MatcherFault) -> String? {
        if case .text(let text) = try value(expression) { text } else { nil }
    }

    private static func compare(
        _ comparison: MatcherComparison, _ left: MatcherValue, _ right: MatcherValue
    ) throws(MatcherFault) -> Bool {
        func isLess(_ left: MatcherValue, _ right: MatcherValue) throws(MatcherFault) -> Bool {
            guard let result = left.isLess(than: right) else { throw .notComparable }
            return result
        }
        switch comparison {
        case .equal: return left.isSame(as: right)
        case .unequal: return !left.isSame(as: right)
        case .less: return try isLess(left, right)
        case .lessOrEqual: return try !isLess(right, left)
        case .greater: return try isLess(right, left)
        case .greaterOrEqual: return try !isLess(left, right)
        }
    }

    private static func calculate(
        _ operation: MatcherOperation, _ left: MatcherValue, _ right: MatcherValue
    ) throws(MatcherFault) -> MatcherValue {
        guard let left = left.double, let right = right.double else { throw .notNumber }
        let result =
            switch operation {
            case .add: left + right
            case .subtract: left - right
            case .multiply: left * right
            case .divide: left / right
            case .remainder: left.truncatingRemainder(dividingBy: right)
            }
        guard result.isFinite else { throw .notFinite }
        return .computed(result)
    }

    // MARK: Roles

    private mutating func hasRole(
        _ relation: Int, _ name: MatcherExpression, _ role: MatcherExpression, _ domain: MatcherExpression?
    ) throws(MatcherFault) -> Bool {
        let subject = try value(name)
        guard let roleText = try text(role) else { throw .notText(program.relations[relation].name) }
        if case .text(let name) = subject { return try has(relation, name, role, roleText, domain) }
        for name in try names(subject, of: relation) where try has(relation, name, role, roleText, domain) {
            return true
        }
        return false
    }

    private mutating func has(
        _ relation: Int, _ name: String, _ role: MatcherExpression, _ roleText: String, _ domain: MatcherExpression?
    ) throws(MatcherFault) -> Bool {
        if sameBytes(name, roleText) { return true }
        // No subject has a role that no rule names.
        let id: Int32?
        if case .rule(let column) = role, rule != Self.emptyRule {
            id = rules.field(column, of: rule)
        } else {
            id = program.texts.id(of: roleText)
        }
        guard let id else { return false }
        return try roles(relation, of: name, domain).contains(id)
    }

    /// The name, or the list of names any of which may have the role.
    mutating func names(_ value: MatcherValue, of relation: Int) throws(MatcherFault) -> [String] {
        switch value {
        case .text(let name): return [name]
        case .array(let items):
            try count(items.count)
            let names = items.compactMap(\.stringValue)
            guard names.count == items.count else { throw .notText(program.relations[relation].name) }
            return names
        case .number, .computed, .bool, .object, .null: throw .notText(program.relations[relation].name)
        }
    }

    /// The ids of the name itself and of all its roles, as far as the policy names them.
    mutating func roles(
        _ relation: Int, of name: String, _ domain: MatcherExpression?
    ) throws(MatcherFault) -> Set<Int32> {
        var domainText = ""
        if let domain {
            guard let text = try text(domain) else { throw .notText(program.relations[relation].name) }
            domainText = text
        }
        try count(self.roles.count / 8 + name.utf8.count / 16)
        guard let name = program.texts.id(of: name) else { return [] }
        guard let domain = program.texts.id(of: domainText) else { return [name] }
        let links = links
        if let known = roles.first(where: {
            $0.relation == relation && $0.name == name && $0.domain == domain && $0.links == links
        }) {
            return known.found
        }
        let found = program.relations[relation].closure(of: name, in: domain, by: links)
        try count(found.count)
        roles.append((relation, name, domain, links, found))
        return found
    }

    /// The roles that count for the rule; all of them while the index is used, before there is a rule.
    private var links: RoleGraph.Links {
        let denies = rule != Self.emptyRule && rules.effect(of: rule) == .deny
        return switch time {
        case .at(let moment): .at(moment)
        case .possible: denies ? .always : .ever
        case .certain: denies || rule == Self.emptyRule ? .ever : .always
        }
    }
}
