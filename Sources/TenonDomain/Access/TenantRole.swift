public import TenonKit

/// A role that a tenant has created: its own permissions, and those of the roles that it inherits.
public struct TenantRole: Sendable, Equatable {
    /// The maximum number of roles of a tenant.
    public static let maxCount = 200

    public let tenant: TenantID
    /// Its name, which is its address and never changes.
    public let role: Role
    public private(set) var description: Description?
    public private(set) var permissions: Set<Permission>
    public private(set) var inherits: Set<Role>
    public private(set) var version: Int64
    /// The author's `Caller.subject`.
    public let createdBy: String
    public let createdAt: Timestamp
    public private(set) var updatedAt: Timestamp

    /// Restores a role from a store.
    public init(
        tenant: TenantID, role: Role, description: Description?, permissions: Set<Permission>, inherits: Set<Role>,
        version: Int64, createdBy: String, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.tenant = tenant
        self.role = role
        self.description = description
        self.permissions = permissions
        self.inherits = inherits
        self.version = version
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// `floor` is the store's `roleVersionFloor`.
    public static func create(
        _ role: Role, of tenant: TenantID, description: Description?, permissions: Set<Permission>,
        inherits: Set<Role>, after floor: Int64 = 0, by author: String, at now: Timestamp
    ) -> (TenantRole, DomainEvent) {
        let made = TenantRole(
            tenant: tenant, role: role, description: description, permissions: permissions, inherits: inherits,
            version: floor + 1, createdBy: author, createdAt: now, updatedAt: now)
        return (
            made,
            DomainEvent(.roleCreated, on: made.reference, made.details, change: ResourceChange(after: made.members))
        )
    }

    /// Nil if nothing changes.
    public func changed(
        description: PatchMember<Description>, permissions: Set<Permission>?, inherits: Set<Role>?,
        at now: Timestamp
    ) -> (TenantRole, DomainEvent)? {
        var changed = self
        changed.description = description.applied(to: self.description)
        changed.permissions = permissions ?? self.permissions
        changed.inherits = inherits ?? self.inherits
        guard changed != self else { return nil }
        changed.version += 1
        changed.updatedAt = now
        let change = ResourceChange(before: members, after: changed.members)
        return (changed, DomainEvent(.roleChanged, on: reference, changed.details, change: change))
    }

    /// The event of deleting it.
    public var removal: DomainEvent {
        DomainEvent(.roleRemoved, on: reference, change: ResourceChange(before: members))
    }

    /// The role in the language of policies.
    var rules: String {
        let granted = permissions.sorted { $0.name < $1.name }
            .map { "p, role:\(role.name), \($0.object), \($0.act), allow" }
        let inherited = inherits.sorted { $0.name < $1.name }.map { "g, role:\(role.name), role:\($0.name)" }
        return (granted + inherited).joined(separator: "\n")
    }

    /// All members that can change.
    private var members: [String: JSONValue] {
        details.merging(["description": description.map { .string($0.text) } ?? .null]) { $1 }
    }

    private var details: [String: JSONValue] {
        [
            "permissions": .array(permissions.map(\.name).sorted().map { .string($0) }),
            "inherits": .array(inherits.map(\.name).sorted().map { .string($0) }),
        ]
    }
}

extension TenantRole: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { role.reference }
    public var attributes: [String: JSONValue] { role.attributes }
}

extension Role {
    /// The role as a resource that permissions are checked on.
    package var reference: ResourceReference { ResourceReference(kind: "role", id: name) }
    package var attributes: [String: JSONValue] { ["name": .string(name)] }
}
