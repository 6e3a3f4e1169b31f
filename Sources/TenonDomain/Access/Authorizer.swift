public import TenonKit

/// A resource that permissions are checked on.
public protocol Protected: Sendable {
    /// The tenant that owns it.
    var owner: TenantID { get }
    var reference: ResourceReference { get }
    /// The attributes that policy conditions can use: see `PolicyResource`.
    var attributes: [String: JSONValue] { get }
}

extension Protected {
    public var attributes: [String: JSONValue] { [:] }
}

/// The tenant as a whole. Permissions are checked on it before there is a resource.
public struct TenantScope: Protected {
    public let owner: TenantID

    public init(_ tenant: TenantID) {
        owner = tenant
    }

    public var reference: ResourceReference { .tenant(owner) }
}

/// Decides whether a caller may do something. Denies by default.
public protocol Authorizer: Sendable {
    /// Whether the caller may do it on some resource of its own tenant, so that the edge can refuse early.
    func allows(_ permission: Permission, for caller: Caller) -> Bool

    /// Whether the caller may do it on some resource at some time, including through roles of a limited period.
    func everAllows(_ permission: Permission, for caller: Caller) -> Bool

    /// Whether the caller may do it on every resource of its own tenant, unconditionally and at all times: the
    /// permissions that it can grant to others.
    func grants(_ permission: Permission, for caller: Caller) -> Bool

    /// Whether the caller may do it on this resource, which belongs to its tenant or is visible to it. Charged to the
    /// caller's budget. Fails with `tooMuchWork` or like `RequestBudget.spend`, so that a list never omits undecided
    /// items.
    func permits(
        _ permission: Permission, on resource: some Protected, for caller: Caller
    ) throws(Failure) -> Bool

    /// All permissions for which `allows` is true.
    func permissions(of caller: Caller) -> Set<Permission>
}

extension Authorizer {
    /// All permissions for which `grants` is true.
    public func certainPermissions(of caller: Caller) -> Set<Permission> {
        Set(Permission.all.filter { grants($0, for: caller) })
    }

    /// All permissions for which `everAllows` is true.
    public func possiblePermissions(of caller: Caller) -> Set<Permission> {
        Set(Permission.all.filter { everAllows($0, for: caller) })
    }

    /// Passes, or fails with `notAuthenticated` or `permissionDenied`. A resource of another tenant is denied with any
    /// role: the stores never return one, and this check does not rely on them. Platform administrators may access
    /// every tenant with the permissions on tenants themselves.
    public func require(
        _ permission: Permission, on resource: some Protected, as caller: Caller
    ) throws(Failure) {
        let tenant = try caller.requireTenant()
        guard resource.owner == tenant || caller.reachesTenants(by: permission),
            try permits(permission, on: resource, for: caller)
        else {
            throw Failure(.permissionDenied, "Requires the permission \(permission.name).")
        }
    }
}

extension Caller {
    fileprivate func reachesTenants(by permission: Permission) -> Bool {
        guard case .platformAdministrator = principal else { return false }
        return StandardPolicy.permissions[.platformAdministrator]?.contains(permission) == true
    }
}
