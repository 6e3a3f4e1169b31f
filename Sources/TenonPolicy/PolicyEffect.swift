/// How the matching rules are combined to one decision: the five effects of Casbin.
public enum PolicyEffect: Sendable, Hashable, CaseIterable {
    /// Allowed if a rule allows.
    case allowOverride
    /// Allowed unless a rule denies, even if no rule matches or exists.
    case denyOverride
    /// Allowed if a rule allows and none denies.
    case allowAndDeny
    /// The first rule that allows or denies decides; a column `priority` orders the rules, smallest first.
    case priority
    /// Like `priority`, but the rules are ordered by their subjects' depth in the role hierarchy, deepest first.
    case subjectPriority

    /// Parses the text of the effect, ignoring spaces; `rule` is the policy's name in it (`p`).
    init?(_ text: String, rule: String) {
        let text = String(decoding: text.utf8.filter { !$0.isBlank }, as: UTF8.self)
        let allow = "some(where(\(rule).eft==allow))"
        let noDeny = "!some(where(\(rule).eft==deny))"
        switch text {
        case allow: self = .allowOverride
        case noDeny: self = .denyOverride
        case allow + "&&" + noDeny: self = .allowAndDeny
        case "priority(\(rule).eft)||deny": self = .priority
        case "subjectPriority(\(rule).eft)||deny": self = .subjectPriority
        default: return nil
        }
    }
}

/// The effect of a matching rule.
public enum RuleEffect: Sendable, Hashable {
    case allow, deny
    /// Anything but `allow` and `deny`: the rule has no effect.
    case indeterminate

    init(_ text: String) {
        switch text {
        case "allow": self = .allow
        case "deny": self = .deny
        default: self = .indeterminate
        }
    }
}

/// Combines rules in their order to a decision, and knows when no further rule can change it.
struct EffectMerge {
    private let effect: PolicyEffect
    private var firstAllow: Int?
    private(set) var decision: (isAllowed: Bool, rule: Int?)?

    init(_ effect: PolicyEffect) {
        self.effect = effect
    }

    /// The rule matches.
    mutating func add(_ rule: Int, _ says: RuleEffect) {
        switch (effect, says) {
        case (_, .indeterminate), (.denyOverride, .allow): break
        case (.allowOverride, .deny): break
        case (.allowAndDeny, .allow): firstAllow = firstAllow ?? rule
        case (.allowOverride, .allow), (.priority, .allow), (.subjectPriority, .allow): decision = (true, rule)
        case (.denyOverride, .deny), (.allowAndDeny, .deny), (.priority, .deny), (.subjectPriority, .deny):
            decision = (false, rule)
        }
    }

    /// The decision when no rule is left.
    var final: (isAllowed: Bool, rule: Int?) {
        if let decision { return decision }
        switch effect {
        case .denyOverride: return (true, nil)
        case .allowAndDeny: return (firstAllow != nil, firstAllow)
        case .allowOverride, .priority, .subjectPriority: return (false, nil)
        }
    }
}
