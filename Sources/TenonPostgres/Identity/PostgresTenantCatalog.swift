public import TenonDomain
public import TenonKit

/// All tenants, with the relay's rights: the role that requests run as lists none.
public struct PostgresTenantCatalog: TenantCatalog {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let select = Statement(
        "list_tenants",
        "SELECT \(Tenant.table.columns.list()) FROM directory.tenants($1, $2, $3, $4, $5, $6, $7)")
    private static let count = Statement(
        "count_tenants", "SELECT count(*) FROM directory.tenants('', $1, $2, $3, NULL, 9223372036854775807, 0)")

    public func tenants(_ filter: TenantFilter, _ page: PageRequest) async throws(Failure) -> Page<Tenant> {
        let (status, plan) = (filter.status.bind, filter.plan.bind)
        let prefix = PostgresValue.text(filter.slugPrefix?.text ?? "")
        let rows = try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.page(
                page,
                Command(
                    Self.select,
                    [
                        .text(page.lowerBound), prefix, status, plan, .null, .int(Int64(page.limit + 1)),
                        .int(Int64(page.offset)),
                    ]),
                counted: Command(Self.count, [prefix, status, plan]))
        }
        return Page(
            overfull: try rows.items.decoded(Tenant.table.columns, of: .platform), for: page, total: rows.total,
            sortKey: \.sortKey)
    }

    public func due(at now: Timestamp, after last: TenantSlug?, limit: Int) async throws(Failure) -> [Tenant] {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.rows(
                Self.select,
                [.text(last?.text ?? ""), .text(""), .null, .null, .timestamp(now), .int(Int64(limit)), .int(0)]
            ).decoded(Tenant.table.columns, of: .platform)
        }
    }
}

/// Deletes what is left of tenants, by a function that finds all tables with a `tenant_id` in the catalog of
/// PostgreSQL: no new table is forgotten.
public struct PostgresTenantErasure: TenantErasure {
    private let maintenance: PostgresMaintenance

    public init(_ database: PostgresDatabase, clock: any WallClock, identifiers: Identifiers) {
        maintenance = PostgresMaintenance(database: database, clock: clock, identifiers: identifiers)
    }

    private static let erase = Statement("erase_tenant", "SELECT erase_tenant($1, $2)", isRepeatable: false)

    public func erase(
        _ tenant: TenantID, limit: Int, as caller: Caller, recording event: DomainEvent
    ) async throws(Failure) -> ErasureProgress {
        try await maintenance.transact(in: tenant, as: caller) { runner, pending throws(Failure) in
            let progress: ErasureProgress =
                try await runner.rows(Self.erase, [.id(tenant), .int(Int64(limit))])
                .value("erase_tenant") ?? .waiting
            if progress == .gone { pending.record(event) }
            return progress
        }
    }
}
