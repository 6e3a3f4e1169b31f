internal import TenonDomain

struct PostgresTenantStore: TenantStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let digests: any KeyedDigests

    private static let insert = Statement(
        "insert_tenant",
        """
        INSERT INTO tenants (id, slug, slug_digest, name, plan, status, version, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)
    private static let select = Statement(
        "select_tenant",
        "SELECT id, slug, name, plan, status, version, created_at, updated_at FROM tenants WHERE id = $1")

    func add(_ new: Tenant) async throws(Failure) {
        guard new.id == tenant else { throw .bug("A tenant is added in a transaction of another.") }
        _ = try await runner.rows(
            Self.insert,
            [
                .id(new.id), .text(new.slug.text), .bytes(digests.digest(new.slug.text, for: .tenantSlug)),
                .text(new.name.text), .text(new.plan.rawValue), .text(new.status.rawValue), .int(new.version),
                .timestamp(new.createdAt), .timestamp(new.updatedAt),
            ],
            constraints: [
                "tenants_slug_key": Failure(
                    .slugTaken, "Choose another name: the slug \(new.slug.text) is taken.")
            ])
    }

    func tenant(_ id: TenantID) async throws(Failure) -> Tenant? {
        guard id == tenant else { return nil }
        return try await runner.rows(Self.select, [.id(id)]).first { row throws(PostgresError) in
            Tenant(
                id: try row.id(0), slug: try row.value(1) { text throws(Violation) in try TenantSlug(text) },
                name: try row.value(2) { text throws(Violation) in try DisplayName(text) }, plan: try row.choice(3),
                status: try row.choice(4), version: try row.int(5), createdAt: try row.timestamp(6),
                updatedAt: try row.timestamp(7))
        }
    }
}
