public import TenonDomain

/// Locks a tenant, and deletes it after the grace period.
public struct DeleteTenant: Sendable {
    public static let permission = Permission.tenantsWrite

    public typealias Input = ChangeInput<TenantID, Void>

    let registry: Writes<any HasTenants & RecordsEvents>
    let authorizer: any Authorizer
    let clock: any WallClock
    let grace: Duration

    /// Changes nothing if it is already being deleted. Fails with `tenantNotFound` or `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Tenant {
        try authorizer.require(Self.permission, onTenant: input.id, as: caller)
        try authorizer.requirePlatform(Self.permission, as: caller)
        let now = clock.now()
        return try await registry.write(in: input.id, as: caller) { work throws(Failure) in
            let tenant = try await work.tenantForUpdate(input.id, if: input.precondition)
            return try await work.save(tenant.condemned(grace: grace, at: now), orKeep: tenant)
        }
    }
}
