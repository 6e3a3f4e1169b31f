internal import TenonDomain

extension PolicyStore {
    /// The policy, or `policyNotFound`.
    func require(_ id: PolicyID) async throws(Failure) -> Policy {
        guard let found = try await policy(id) else { throw Failure(.policyNotFound, "No such policy.") }
        return found
    }

    /// A role that the tenant has made, or `roleNotFound`.
    func require(_ role: Role) async throws(Failure) -> TenantRole {
        guard let found = try await self.role(role) else { throw Failure(.roleNotFound, "No such role.") }
        return found
    }

    /// The same to be changed: `roleBuiltIn` for those that cannot be.
    func requireOwn(_ role: Role) async throws(Failure) -> TenantRole {
        guard !role.isReserved else { throw Failure(.roleBuiltIn, "\(role.name) is a built-in role.") }
        return try await require(role)
    }
}
