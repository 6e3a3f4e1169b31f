/// Something that a permission can be asked for.
public protocol Protected: Sendable {
    /// Whose it is.
    var owner: TenantID { get }
    var reference: ResourceReference { get }
}

/// The tenant as a whole: what a permission is asked on before there is an object.
public struct TenantScope: Protected {
    public let owner: TenantID

    public init(_ tenant: TenantID) {
        owner = tenant
    }

    public var reference: ResourceReference { .tenant(owner) }
}

/// Decides who may do what. Denies by default.
public protocol Authorizer: Sendable {
    /// Whether the caller may at all, on some resource of its own tenant: lets the edge answer early.
    func allows(_ permission: Permission, for principal: Principal) -> Bool

    /// Everything that `allows` answers true to.
    func permissions(of principal: Principal) -> Set<Permission>
}

extension Authorizer {
    /// Passes, or fails as `notAuthenticated` or `permissionDenied`. A resource of another tenant is denied
    /// whatever the roles say: the stores never hand one out, and this does not lean on it.
    public func require(
        _ permission: Permission, on resource: some Protected, as caller: Caller
    ) throws(Failure) {
        let tenant = try caller.requireTenant()
        guard resource.owner == tenant, allows(permission, for: caller.principal) else {
            throw Failure(.permissionDenied, "This needs the permission \(permission.name).")
        }
    }
}

/// The built-in roles as a fixed table.
public struct RoleAuthorizer: Authorizer {
    public init() {}

    public func allows(_ permission: Permission, for principal: Principal) -> Bool {
        switch principal {
        case .user(let user): user.roles.contains { Self.granted($0).contains(permission) }
        case .system: true
        case .anonymous, .platformAdministrator: false
        }
    }

    public func permissions(of principal: Principal) -> Set<Permission> {
        Self.everything.filter { allows($0, for: principal) }
    }

    private static let everything: Set<Permission> = [
        .namespacesRead, .namespacesWrite, .configsRead, .configsWrite, .secretsRead,
    ]
    private static let ofMembers: Set<Permission> = [.namespacesRead, .configsRead, .configsWrite, .secretsRead]
    private static let ofViewers: Set<Permission> = [.namespacesRead, .configsRead]

    private static func granted(_ role: Role) -> Set<Permission> {
        switch role {
        case .owner, .admin: everything
        case .member: ofMembers
        case .viewer: ofViewers
        case .platformAdministrator: []
        }
    }
}
