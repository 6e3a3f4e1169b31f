internal import TenonDomain
internal import TenonKit

/// The subject of a question about permissions, with the decisions that precede any rule.
struct AskedSubject: Sendable {
    /// A decision that rules cannot change, with its reason as a sentence.
    struct Verdict: Sendable {
        let isAllowed: Bool
        let reason: String
    }

    private enum Holding {
        case roles(Set<Role>)
        case scopes(Set<Permission>)
    }

    let subject: PolicySubject
    private let holding: Holding
    /// Why it may do nothing at all.
    private let obstacle: String?

    init(_ user: User) {
        subject = PolicySubject(user: user.id, roles: user.roles)
        holding = .roles(user.roles)
        obstacle = user.maySignIn ? nil : "The user is suspended."
    }

    /// A subject that has only this role.
    init(_ role: Role) {
        subject = PolicySubject(role: role)
        holding = .roles([role])
        obstacle = nil
    }

    /// The question does not consider the address that a key is used from.
    init(_ key: APIKey, at time: Timestamp) {
        subject = PolicySubject(key: key.id)
        holding = .scopes(key.terms.scopes)
        obstacle =
            switch key.refusal(from: nil, at: time) {
            case .disabled: "The key is disabled."
            case .expired: "The key has expired."
            case .superseded, .addressNotAllowed, .signatureRequired, nil: nil
            }
    }

    /// Nil if the rules decide.
    func verdict(on permission: Permission) -> Verdict? {
        if let obstacle { return Verdict(isAllowed: false, reason: obstacle) }
        let exception =
            switch holding {
            case .roles(let roles): PolicyException(permission, of: roles)
            case .scopes(let scopes): PolicyException(permission, within: scopes)
            }
        return exception.map { Verdict(isAllowed: $0.isAllowed, reason: $0.reason) }
    }
}

extension PolicyException {
    fileprivate var reason: String {
        switch self {
        case .platformAlone: "Only platform administrators may, regardless of rules."
        case .beyondScopes: "The key's scopes do not include it."
        case .ownersReachPolicies: "Owners can always access the policies."
        }
    }
}
