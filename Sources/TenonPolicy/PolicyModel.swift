internal import TenonKit

/// A model in Casbin's language (https://casbin.org/docs/syntax-for-models): the parts of a request and a rule, when a
/// rule matches, and how matching rules are combined to a decision.
///
/// Sections are `request_definition`, `policy_definition`, `role_definition`, `policy_effect` and `matchers`. A line
/// that ends with a backslash continues on the next one; the first `=` separates a definition's name and text; `#` and
/// `;` begin a comment anywhere, even in quotes. A second set of definitions has a number: `r2`, `p2`, `e2`, `m2`.
public struct PolicyModel: Sendable {
    /// The maximum bytes of a model's text.
    public static let maxBytes = 65_536

    /// The usable sets of definitions, by the suffix of their matcher: `""`, `"2"`, …
    let contexts: [String: Context]
    let roleDefinitions: [RoleDefinition]
    /// The errors of additional sets of definitions, by suffix. These cannot be used; the others can.
    public let faults: [String: PolicySyntaxError]
    /// The rule types of those.
    let faultyRuleTypes: Set<String>

    /// One set of definitions.
    struct Context: Sendable {
        /// The names of a request's values and of a rule's fields.
        let request: [String]
        let rule: [String]
        /// The type of this set's rules: `p`, `p2`.
        let ruleType: String
        let effect: PolicyEffect
        let matcher: MatcherExpression
        /// The names that conditions in `eval` can use.
        let names: MatcherNames

        func column(_ name: String) -> Int? { rule.firstIndex { sameBytes($0, name) } }
    }

    /// A role relation, `g = _, _` or with domains `g = _, _, _`; either can be followed by `, (_, _)` for roles of a
    /// limited period.
    struct RoleDefinition: Sendable {
        let name: String
        let hasDomain: Bool
        let isTimed: Bool

        var width: Int { hasDomain ? 3 : 2 }
    }

    /// The valid values of `context` in `PolicyEngine.decide`.
    public var contextNames: [String] { contexts.keys.sorted() }

    /// The effect of a set of definitions; nil if it does not exist.
    public func effect(of context: String = "") -> PolicyEffect? { contexts[context]?.effect }

    /// The number of values in a request of the set.
    package func requestSize(of context: String = "") -> Int? { contexts[context]?.request.count }

    /// Parses a model. The error has the position.
    public init(_ text: String) throws(PolicySyntaxError) {
        let parser = try PolicyModelParser(text)
        roleDefinitions = try parser.roleDefinitions()
        (contexts, faults) = try parser.contexts(roleDefinitions)
        faultyRuleTypes = Set(faults.keys.map { parser.ruleType(of: $0) })
    }
}
