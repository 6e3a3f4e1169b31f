internal import TenonDomain

extension PolicyStore {
    /// The policy, or `policyNotFound`.
    func require(_ id: PolicyID) async throws(Failure) -> Policy {
        guard let found = try await policy(id) else { throw Failure(.policyNotFound, "The policy does not exist.") }
        return found
    }

    /// A role that the tenant has created, or `roleNotFound`.
    func require(_ role: Role) async throws(Failure) -> TenantRole {
        guard let found = try await self.role(role) else { throw Failure(.roleNotFound, "The role does not exist.") }
        return found
    }

    /// The same, for a change: fails with `roleBuiltIn` for built-in roles.
    func requireOwn(_ role: Role) async throws(Failure) -> TenantRole {
        guard !role.isReserved else { throw Failure(.roleBuiltIn, "\(role.name) is a built-in role.") }
        return try await require(role)
    }
}
