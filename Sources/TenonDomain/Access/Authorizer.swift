public import TenonKit

/// Something that a permission can be asked for.
public protocol Protected: Sendable {
    /// Whose it is.
    var owner: TenantID { get }
    var reference: ResourceReference { get }
    /// What conditions of policies may look at: see `PolicyResource`.
    var attributes: [String: JSONValue] { get }
}

extension Protected {
    public var attributes: [String: JSONValue] { [:] }
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

    /// Whether the caller may at all at some time: by the roles, too, that it has only for a time, or not yet.
    func everAllows(_ permission: Permission, for caller: Caller) -> Bool

    /// Whether the caller may on every resource of its own tenant under all circumstances, at all times: what it can
    /// hand on.
    func grants(_ permission: Permission, for caller: Caller) -> Bool

    /// Whether the caller may on this resource, which is one of its tenant or one that the caller reaches. Charged to the
    /// caller's budget; fails with `tooMuchWork` or as `RequestBudget.spend` does, so that a list never leaves out what was
    /// not decided on.
    func permits(
        _ permission: Permission, on resource: some Protected, for caller: Caller
    ) throws(Failure) -> Bool

    /// Everything that `allows` answers true to.
    func permissions(of caller: Caller) -> Set<Permission>
}

extension Authorizer {
    /// Everything that `grants` answers true to.
    public func certainPermissions(of caller: Caller) -> Set<Permission> {
        Set(Permission.all.filter { grants($0, for: caller) })
    }

    /// Everything that `everAllows` answers true to.
    public func possiblePermissions(of caller: Caller) -> Set<Permission> {
        Set(Permission.all.filter { everAllows($0, for: caller) })
    }

    /// Passes, or fails as `notAuthenticated` or `permissionDenied`. A resource of another tenant is denied
    /// whatever the roles say: the stores never hand one out, and this does not lean on it. Administrators of the
    /// platform reach every tenant with the permissions that are about tenants as such.
    public func require(
        _ permission: Permission, on resource: some Protected, as caller: Caller
    ) throws(Failure) {
        let tenant = try caller.requireTenant()
        guard resource.owner == tenant || caller.reachesTenants(by: permission),
            try permits(permission, on: resource, for: caller)
        else {
            throw Failure(.permissionDenied, "This needs the permission \(permission.name).")
        }
    }
}

extension Caller {
    fileprivate func reachesTenants(by permission: Permission) -> Bool {
        guard case .platformAdministrator = principal else { return false }
        return StandardPolicy.permissions[.platformAdministrator]?.contains(permission) == true
    }
}
