internal import TenonDomain

extension Authorizer {
    /// Passes for callers with the permission on this tenant. For all except platform administrators, other tenants do
    /// not exist: `tenantNotFound`.
    func require(_ permission: Permission, onTenant tenant: TenantID, as caller: Caller) throws(Failure) {
        let own = try caller.requireTenant()
        guard own == tenant || own == .platform else {
            throw Failure(.tenantNotFound, "No tenant has the id \(tenant).")
        }
        try require(permission, on: TenantScope(tenant), as: caller)
    }

    /// Passes for platform administrators.
    func requirePlatform(_ permission: Permission, as caller: Caller) throws(Failure) {
        guard try caller.requireTenant() == .platform else {
            throw Failure(.permissionDenied, "Only platform administrators can do this.")
        }
        try require(permission, on: TenantScope(.platform), as: caller)
    }
}

extension HasTenants {
    /// The tenant of the transaction, locked until its end; `tenantNotFound`, or `preconditionFailed`.
    func tenantForUpdate(_ id: TenantID, if precondition: Precondition) async throws(Failure) -> Tenant {
        guard let tenant = try await tenants.tenantForUpdate(id) else {
            throw Failure(.tenantNotFound, "No tenant has the id \(id).")
        }
        try precondition.check(tenant.version)
        return tenant
    }
}

extension HasTenants where Self: RecordsEvents {
    /// Stores a change made by one of the tenant's methods. Every process learns of it within a second.
    func save(_ change: (tenant: Tenant, event: DomainEvent)?, orKeep tenant: Tenant) async throws(Failure) -> Tenant {
        guard let change else { return tenant }
        try await tenants.save(change.tenant)
        record(change.event)
        accessChanged(.tenant(tenant.id))
        return change.tenant
    }
}
