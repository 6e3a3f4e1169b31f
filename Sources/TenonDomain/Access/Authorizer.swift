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
    func allows(_ permission: Permission, for caller: Caller) -> Bool

    /// Everything that `allows` answers true to.
    func permissions(of caller: Caller) -> Set<Permission>
}

extension Authorizer {
    /// Passes, or fails as `notAuthenticated` or `permissionDenied`. A resource of another tenant is denied
    /// whatever the roles say: the stores never hand one out, and this does not lean on it. Administrators of the
    /// platform reach every tenant with the permissions that are about tenants as such.
    public func require(
        _ permission: Permission, on resource: some Protected, as caller: Caller
    ) throws(Failure) {
        let tenant = try caller.requireTenant()
        guard resource.owner == tenant || caller.reachesTenants(by: permission), allows(permission, for: caller) else {
            throw Failure(.permissionDenied, "This needs the permission \(permission.name).")
        }
    }
}

extension Caller {
    fileprivate func reachesTenants(by permission: Permission) -> Bool {
        guard case .platformAdministrator = principal else { return false }
        return RoleAuthorizer.ofAdministrators.contains(permission)
    }
}

/// The built-in roles as a fixed table.
public struct RoleAuthorizer: Authorizer {
    public init() {}

    public func allows(_ permission: Permission, for caller: Caller) -> Bool {
        switch caller.principal {
        case .user(let user): user.roles.contains { Self.granted($0).contains(permission) }
        case .apiKey(let key): key.scopes.contains(permission)
        case .system: true
        case .platformAdministrator: Self.ofAdministrators.contains(permission)
        case .anonymous: false
        }
    }

    public func permissions(of caller: Caller) -> Set<Permission> {
        Set(Permission.all.filter { allows($0, for: caller) })
    }

    private static let everything = Set(Permission.all).subtracting([.quotasWrite])
    private static let ofMembers: Set<Permission> = [
        .namespacesRead, .configsRead, .configsWrite, .secretsRead, .tenantsRead, .quotasRead,
    ]
    private static let ofViewers: Set<Permission> = [.namespacesRead, .configsRead, .tenantsRead, .quotasRead]
    fileprivate static let ofAdministrators: Set<Permission> = [
        .tenantsRead, .tenantsWrite, .quotasRead, .quotasWrite, .auditRead, .usersRead, .usersWrite,
    ]

    private static func granted(_ role: Role) -> Set<Permission> {
        switch role {
        case .owner, .admin: everything
        case .member: ofMembers
        case .viewer: ofViewers
        default: []
        }
    }
}
