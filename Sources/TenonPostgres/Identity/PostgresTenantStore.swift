internal import TenonDomain
internal import TenonKit

struct PostgresTenantStore: TenantStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let digests: any KeyedDigests

    /// What `tenant(_:)` decodes.
    static let columns = """
        id, slug, name, plan, isolation, status, deletes_at, is_erasing, owner_email, owner_name, version, created_at,
            updated_at, was_suspended
        """
    private static let insert = Statement(
        "insert_tenant",
        """
        INSERT INTO tenants (\(columns), slug_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """)
    private static let select = Statement("select_tenant", "SELECT \(columns) FROM tenants WHERE id = $1")
    private static let lock = Statement(
        "select_tenant_for_update", "SELECT \(columns) FROM tenants WHERE id = $1 FOR NO KEY UPDATE",
        isRepeatable: false)
    private static let update = Statement(
        "update_tenant",
        """
        UPDATE tenants SET name = $3, plan = $4, status = $5, deletes_at = $6, is_erasing = $7, owner_email = $8,
            owner_name = $9, version = $2 + 1, updated_at = $10, was_suspended = $11
        WHERE id = $1 AND version = $2 RETURNING 1
        """)

    func add(_ new: Tenant) async throws(Failure) {
        guard new.id == tenant else { throw .bug("A tenant is added in a transaction of another.") }
        _ = try await runner.rows(
            Self.insert,
            [
                .id(new.id), .text(new.slug.text), .text(new.name.text), .text(new.plan.rawValue),
                .text(new.isolation.rawValue), .text(new.status.rawValue), .optional(new.deletesAt),
                .bool(new.isErasing), .optional(new.firstOwner?.email.text), .optional(new.firstOwner?.name?.text),
                .int(new.version), .timestamp(new.createdAt), .timestamp(new.updatedAt),
                .bool(new.wasSuspended), .bytes(digests.digest(new.slug.text, for: .tenantSlug)),
            ],
            constraints: [
                "tenants_slug_key": Failure(
                    .slugTaken, "Choose another name: the slug \(new.slug.text) is taken.")
            ])
    }

    func tenant(_ id: TenantID) async throws(Failure) -> Tenant? {
        guard id == tenant else { return nil }
        return try await runner.rows(Self.select, [.id(id)]).first(Self.tenant)
    }

    func tenantForUpdate(_ id: TenantID) async throws(Failure) -> Tenant? {
        guard id == tenant else { return nil }
        return try await runner.rows(Self.lock, [.id(id)]).first(Self.tenant)
    }

    func save(_ changed: Tenant) async throws(Failure) {
        guard changed.id == tenant else { throw .bug("A tenant is changed in a transaction of another.") }
        let rows = try await runner.rows(
            Self.update,
            [
                .id(changed.id), .int(changed.version - 1), .text(changed.name.text), .text(changed.plan.rawValue),
                .text(changed.status.rawValue), .optional(changed.deletesAt), .bool(changed.isErasing),
                .optional(changed.firstOwner?.email.text), .optional(changed.firstOwner?.name?.text),
                .timestamp(changed.updatedAt), .bool(changed.wasSuspended),
            ])
        guard !rows.isEmpty else { throw Failure(.tooMuchContention, "Try again.", retryAfter: .seconds(1)) }
    }

    static func tenant(_ row: PostgresRow) throws(PostgresError) -> Tenant {
        let email = try row.optionalValue(8) { text throws(Violation) in try EmailAddress(text) }
        let name = try row.optionalValue(9) { text throws(Violation) in try DisplayName(text) }
        return Tenant(
            id: try row.id(0), slug: try row.value(1) { text throws(Violation) in try TenantSlug(text) },
            name: try row.value(2) { text throws(Violation) in try DisplayName(text) }, plan: try row.choice(3),
            isolation: try row.choice(4), status: try row.choice(5), deletesAt: try row.optionalTimestamp(6),
            wasSuspended: try row.bool(13), isErasing: try row.bool(7),
            firstOwner: email.map { FirstOwner(email: $0, name: name) },
            version: try row.int(10), createdAt: try row.timestamp(11), updatedAt: try row.timestamp(12))
    }
}
