/// Decisions that a tenant's rules cannot change.
public enum PolicyException: Sendable {
    /// Only platform administrators may do it.
    case platformAlone
    /// An API key has nothing beyond its scopes.
    case beyondScopes
    /// Owners can always correct the policies.
    case ownersReachPolicies

    /// The decision on a permission of a user with these roles; nil if the rules decide.
    public init?(_ permission: Permission, of roles: Set<Role>) {
        if permission.isOfPlatform {
            self = .platformAlone
        } else if roles.contains(.owner), permission == .policiesRead || permission == .policiesWrite {
            self = .ownersReachPolicies
        } else {
            return nil
        }
    }

    /// The decision on a permission of an API key with these scopes; nil if the rules decide.
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
