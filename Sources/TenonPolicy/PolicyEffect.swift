/// How the rules that match come to one decision: the five effects that Casbin knows.
public enum PolicyEffect: Sendable, Hashable, CaseIterable {
    /// Allowed where a rule allows.
    case allowOverride
    /// Allowed unless a rule denies: also where none matches, and where there is none.
    case denyOverride
    /// Allowed where a rule allows and none denies.
    case allowAndDeny
    /// The first rule that allows or denies decides; a column `priority` orders the rules, the smallest first.
    case priority
    /// As `priority`, but the rules are ordered by their subjects' depth in the role hierarchy, the deepest first.
    case subjectPriority

    /// Reads the text of the effect, without regard to spaces; `rule` is what the policy is called there (`p`).
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

/// What a rule that matches says.
public enum RuleEffect: Sendable, Hashable {
    case allow, deny
    /// Anything but `allow` and `deny`: the rule says nothing.
    case indeterminate

    init(_ text: String) {
        switch text {
        case "allow": self = .allow
        case "deny": self = .deny
        default: self = .indeterminate
        }
    }
}

/// Comes to the decision rule by rule, in their order, and says when nothing more can change it.
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
