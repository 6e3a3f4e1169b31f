public import TenonDomain

/// Restores a tenant within the grace period of its deletion; a suspended one is suspended again.
public struct RestoreTenant: Sendable {
    public static let permission = Permission.tenantsWrite

    public typealias Input = ChangeInput<TenantID, Void>

    let registry: Writes<any HasTenants & HasTenantDatabases & RecordsEvents>
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Fails with `tenantNotFound`, `preconditionFailed`, `tenantGraceOver`, and `tenantStatusConflict` for one that is
    /// not being deleted.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Tenant {
        try authorizer.require(Self.permission, onTenant: input.id, as: caller)
        try authorizer.requirePlatform(Self.permission, as: caller)
        let now = clock.now()
        return try await registry.write(in: input.id, as: caller) { work throws(Failure) in
            let tenant = try await work.tenantForUpdate(input.id, if: input.precondition)
            guard tenant.status == .deleting else {
                throw Failure(
                    .tenantStatusConflict,
                    "The tenant is \(tenant.status.rawValue); only a tenant that is being deleted can be restored.")
            }
            let isProvisioned =
                if tenant.isolation == .shared { true } else {
                    try await work.tenantDatabases.database()?.state == .ready
                }
            return try await work.save(try tenant.restored(isProvisioned: isProvisioned, at: now), orKeep: tenant)
        }
    }
}
