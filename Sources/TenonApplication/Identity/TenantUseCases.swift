public import TenonDomain

/// The use cases of tenants.
public struct TenantUseCases: Sendable {
    public let createTenant: CreateTenant
    public let listTenants: ListTenants
    public let getTenant: GetTenant
    public let updateTenant: UpdateTenant
    public let deleteTenant: DeleteTenant
    public let restoreTenant: RestoreTenant

    /// `registry` opens transactions in the database that stores the tenants; `plan` is a new tenant's plan, `grace`
    /// the grace period of a deletion.
    public init(
        _ ports: Ports, registry: any Transactions, catalog: any TenantCatalog, owners: AddFirstOwner,
        plan: TenantPlan, grace: Duration
    ) {
        let (authorizer, clock) = (ports.authorizer, ports.clock)
        createTenant = CreateTenant(
            registry: Writes(registry) { $0 }, authorizer: authorizer, sealer: ports.sealer, owners: owners,
            identifiers: ports.identifiers,
            clock: clock, plan: plan)
        listTenants = ListTenants(stores: Reads(registry) { $0 }, catalog: catalog, authorizer: authorizer)
        getTenant = GetTenant(stores: Reads(registry) { $0 }, authorizer: authorizer)
        updateTenant = UpdateTenant(registry: Writes(registry) { $0 }, authorizer: authorizer, clock: clock)
        deleteTenant = DeleteTenant(
            registry: Writes(registry) { $0 }, authorizer: authorizer, clock: clock, grace: grace)
        restoreTenant = RestoreTenant(registry: Writes(registry) { $0 }, authorizer: authorizer, clock: clock)
    }
}
