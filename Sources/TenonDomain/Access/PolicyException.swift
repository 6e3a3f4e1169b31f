/// What is decided at a tenant whatever its rules say.
public enum PolicyException: Sendable {
    /// Only administrators of the platform may.
    case platformAlone
    /// An API key may do nothing beyond its scopes.
    case beyondScopes
    /// Whatever rules deny, owners can still put them right.
    case ownersReachPolicies

    /// What is decided on a permission of a user with these roles; nil where the rules decide.
    public init?(_ permission: Permission, of roles: Set<Role>) {
        if permission.isOfPlatform {
            self = .platformAlone
        } else if roles.contains(.owner), permission == .policiesRead || permission == .policiesWrite {
            self = .ownersReachPolicies
        } else {
            return nil
        }
    }

    /// What is decided on a permission of an API key with these scopes; nil where the rules decide.
    public init?(_ permission: Permission, within scopes: Set<Permission>) {
        if permission.isOfPlatform {
            self = .platformAlone
        } else if !scopes.contains(permission) {
            self = .beyondScopes
        } else {
            return nil
        }
    }

    public var isAllowed: Bool {
        switch self {
        case .platformAlone, .beyondScopes: false
        case .ownersReachPolicies: true
        }
    }
}
