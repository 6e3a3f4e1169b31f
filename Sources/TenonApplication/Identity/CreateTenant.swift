public import TenonDomain

/// Creates a tenant, as a platform administrator.
public struct CreateTenant: Sendable {
    public static let permission = Permission.tenantsWrite

    public struct Input: Sendable {
        public let name: DisplayName
        public let slug: TenantSlug
        /// Nil means the default plan.
        public let plan: TenantPlan?
        public let isolation: TenantIsolation
        public let owner: FirstOwner?

        public init(
            name: DisplayName, slug: TenantSlug, plan: TenantPlan? = nil, isolation: TenantIsolation = .shared,
            owner: FirstOwner? = nil
        ) {
            self.name = name
            self.slug = slug
            self.plan = plan
            self.isolation = isolation
            self.owner = owner
        }
    }

    let registry: Writes<any HasTenants & HasUsers & HasDataKeys & HasTenantDatabases & RecordsEvents>
    let authorizer: any Authorizer
    let sealer: any ValueSealer
    let owners: AddFirstOwner
    let identifiers: Identifiers
    let clock: any WallClock
    let plan: TenantPlan

    /// Fails with `slugTaken`. A database of its own is created after this returns.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Tenant {
        try authorizer.requirePlatform(Self.permission, as: caller)
        let (tenant, registered) = Tenant.register(
            id: identifiers.next(), slug: input.slug, name: input.name, plan: input.plan ?? plan,
            isolation: input.isolation, firstOwner: input.isolation == .shared ? nil : input.owner, at: clock.now())
        let dataKey = try sealer.firstKey(for: tenant.id)
        let owner = try await registry.write(in: tenant.id, as: caller) { work throws(Failure) -> User? in
            try await work.tenants.add(tenant)
            try await work.dataKeys.addIfAbsent(dataKey)
            work.record(registered)
            switch tenant.isolation {
            case .shared:
                guard let owner = input.owner else { return nil }
                return try await owners.add(owner, to: tenant.id, in: work)
            case .database:
                try await work.tenantDatabases.request(at: tenant.createdAt)
                return nil
            }
        }
        // The tenant exists even if this fails: an owner who gets no token requests another.
        if let owner { try? await owners.invite(owner, as: caller) }
        return tenant
    }
}
