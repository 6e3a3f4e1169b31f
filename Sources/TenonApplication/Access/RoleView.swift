public import TenonDomain
public import TenonKit

/// A role to show: one of the tenant's, or a built-in one.
public struct RoleView: Protected {
    public let owner: TenantID
    public let role: Role
    public let description: Description?
    public let permissions: Set<Permission>
    public let inherits: Set<Role>
    /// Nil for a built-in one.
    public let own: TenantRole?

    public init(_ own: TenantRole) {
        owner = own.tenant
        role = own.role
        description = own.description
        permissions = own.permissions
        inherits = own.inherits
        self.own = own
    }

    /// All permissions of a built-in role.
    init(builtIn role: Role, of tenant: TenantID) {
        owner = tenant
        self.role = role
        description = nil
        permissions = role.builtInPermissions
        inherits = []
        own = nil
    }

    public var reference: ResourceReference { role.reference }
    public var attributes: [String: JSONValue] { role.attributes }
}
