public import TenonDomain
public import TenonKit

/// Changes a role of the tenant.
public struct UpdateRole: Sendable {
    public static let permission = RevisePolicies.permission

    public struct Input: Sendable {
        public let role: Role
        public let description: PatchMember<Description>
        public let permissions: Set<Permission>?
        public let inherits: Set<Role>?
        public let precondition: Precondition

        public init(
            role: Role, description: PatchMember<Description> = .absent, permissions: Set<Permission>? = nil,
            inherits: Set<Role>? = nil, if precondition: Precondition = .none
        ) {
            self.role = role
            self.description = description
            self.permissions = permissions
            self.inherits = inherits
            self.precondition = precondition
        }
    }

    let revise: RevisePolicies

    /// Fails with `roleNotFound`, `roleBuiltIn`, `preconditionFailed`, or like `CreateRole`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> TenantRole {
        let now = revise.clock.now()
        return try await revise.execute(.role(input.role), as: caller) { work throws(Failure) in
            let role = try await work.policies.requireOwn(input.role)
            try revise.require(on: role, as: caller)
            try input.precondition.check(role.version)
            guard
                let (changed, event) = role.changed(
                    description: input.description, permissions: input.permissions, inherits: input.inherits, at: now)
            else { return role }
            try await work.policies.requireKnownRoles(changed.inherits, at: "/inherits")
            try await work.policies.save(changed)
            work.record(event)
            return changed
        }
    }
}
