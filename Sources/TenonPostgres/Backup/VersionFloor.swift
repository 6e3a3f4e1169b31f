internal import TenonDomain
internal import TenonKit

/// Keeps a restore from giving versions out twice. Each restore of a tenant has a number, and versions of its own that
/// begin at the number times `span`; the numbers are counted in the shared database, which no restore takes back.
struct VersionFloor {
    /// More changes than anything sees between two restores.
    static let span: Int64 = 1_000_000_000

    /// Versions up to it may have been given out.
    let value: Int64

    /// Counts a restore, for good, whether it succeeds or not. `registry` is a session in the shared database, in no
    /// transaction.
    static func raise(_ registry: PostgresScript, of tenant: TenantID) async throws(PostgresError) -> VersionFloor {
        try await registry.run("BEGIN; \(RestoredRows.asOwner)")
        let rows = try await registry.run(
            """
            INSERT INTO tenon.version_floors AS f (tenant_id, floor) VALUES ($1::uuid, $2::bigint)
            ON CONFLICT (tenant_id) DO UPDATE SET floor = (f.floor / $2::bigint + 1) * $2::bigint RETURNING floor
            """, [Scope.uuidText(tenant), String(span)])
        try await registry.run("COMMIT")
        return VersionFloor(value: rows.first?[0].flatMap { Int64($0) } ?? span)
    }

    /// Gives the restored rows versions that none ever had, and tells the namespaces which revision that was. In a
    /// transaction as the owner.
    func lift(_ script: PostgresScript, _ id: String) async throws(PostgresError) {
        func lifted(_ column: String) -> String { "\(column) % \(Self.span) + \(value)" }
        for table in try await TenantTables.all(script) where TenantTables.isVersioned(table) {
            try await script.run(
                "UPDATE tenon.\"\(table.name)\" SET version = \(lifted("version")) WHERE tenant_id = $1::uuid", [id])
        }
        try await script.run(
            """
            UPDATE tenon.namespaces SET revision = \(lifted("revision")), restored_revision = \(lifted("revision"))
            WHERE tenant_id = $1::uuid
            """, [id])
    }

    /// Refuses writes to the tenant in the session's database for so long from now on. In a transaction as the owner.
    func bar(_ script: PostgresScript, _ id: String, for time: Duration) async throws(PostgresError) {
        try await script.run(
            """
            INSERT INTO tenon.version_floors AS f (tenant_id, floor, writes_from)
            VALUES ($1::uuid, $2::bigint, clock_timestamp() + $3::bigint * interval '1 millisecond')
            ON CONFLICT (tenant_id) DO UPDATE
                SET floor = greatest(f.floor, excluded.floor), writes_from = excluded.writes_from
            """, [id, String(value), String(time.milliseconds)])
    }
}
