public import TenonDomain

/// Creates a role.
public struct CreateRole: JoinsTransaction {
    public static let permission = RevisePolicies.permission

    public struct Input: Sendable {
        public let role: Role
        public let description: Description?
        public let permissions: Set<Permission>
        public let inherits: Set<Role>

        public init(role: Role, description: Description?, permissions: Set<Permission>, inherits: Set<Role>) {
            self.role = role
            self.description = description
            self.permissions = permissions
            self.inherits = inherits
        }
    }

    let revise: RevisePolicies

    public func joining(_ transaction: OpenTransaction) -> Self {
        Self(revise: revise.joining(transaction))
    }

    /// Fails with `roleNameTaken`, `tooManyRoles`, or as invalid for an unknown inherited role, and for a cycle of
    /// roles.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> TenantRole {
        let tenant = try caller.requireTenant()
        guard !input.role.isReserved else { throw Failure(.roleNameTaken, "\(input.role.name) is a built-in role.") }
        let now = revise.clock.now()
        return try await revise.execute(.role(input.role), as: caller) { work throws(Failure) in
            guard try await work.policies.roles().count < TenantRole.maxCount else {
                throw Failure(
                    .tooManyRoles,
                    "A tenant can have at most \(TenantRole.maxCount) roles of its own. Delete one first.")
            }
            let (role, created) = TenantRole.create(
                input.role, of: tenant, description: input.description, permissions: input.permissions,
                inherits: input.inherits, after: try await work.policies.roleVersionFloor(), by: caller.subject, at: now
            )
            try revise.require(on: role, as: caller)
            try await work.policies.add(role)
            try await work.policies.requireKnownRoles(role.inherits, at: "/inherits")
            work.record(created)
            return role
        }
    }
}
