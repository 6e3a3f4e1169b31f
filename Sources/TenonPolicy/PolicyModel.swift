internal import TenonKit

/// A model in Casbin's language (https://casbin.org/docs/syntax-for-models): what a request and a rule consist of, when
/// a rule matches, and how matching rules come to a decision.
///
/// Sections are `request_definition`, `policy_definition`, `role_definition`, `policy_effect` and `matchers`. A line
/// that ends with a backslash goes on in the next; the first `=` divides a definition; `#` and `;` begin a comment
/// wherever they stand, in quotes too. A second set of definitions carries a number: `r2`, `p2`, `e2`, `m2`.
public struct PolicyModel: Sendable {
    /// The most bytes of a model's text.
    public static let maxBytes = 65_536

    /// The sets of definitions that can be asked, by the suffix of their matcher: `""`, `"2"`, …
    let contexts: [String: Context]
    let roleDefinitions: [RoleDefinition]
    /// What is wrong with further sets of definitions, by their suffix: they cannot be asked, and the others can.
    public let faults: [String: PolicySyntaxError]
    /// What the rules of those begin with.
    let faultyRuleTypes: Set<String>

    /// One set of definitions.
    struct Context: Sendable {
        /// The names of a request's values and of a rule's fields.
        let request: [String]
        let rule: [String]
        /// What the rules of this set begin with: `p`, `p2`.
        let ruleType: String
        let effect: PolicyEffect
        let matcher: MatcherExpression
        /// What the conditions that `eval` reads may name.
        let names: MatcherNames

        func column(_ name: String) -> Int? { rule.firstIndex { sameBytes($0, name) } }
    }

    /// A role relation, `g = _, _` or with domains `g = _, _, _`; either with `, (_, _)`, where a role may be had for a
    /// time.
    struct RoleDefinition: Sendable {
        let name: String
        let hasDomain: Bool
        let isTimed: Bool

        var width: Int { hasDomain ? 3 : 2 }
    }

    /// The suffixes that `PolicyEngine.decide` takes as `context`.
    public var contextNames: [String] { contexts.keys.sorted() }

    /// How the matching rules of the set come to a decision; nil where there is no such set.
    public func effect(of context: String = "") -> PolicyEffect? { contexts[context]?.effect }

    /// How many values a request of the set has.
    package func requestSize(of context: String = "") -> Int? { contexts[context]?.request.count }

    /// Reads a model, or says what is wrong with it and where.
    public init(_ text: String) throws(PolicySyntaxError) {
        let parser = try PolicyModelParser(text)
        roleDefinitions = try parser.roleDefinitions()
        (contexts, faults) = try parser.contexts(roleDefinitions)
        faultyRuleTypes = Set(faults.keys.map { parser.ruleType(of: $0) })
    }
}
