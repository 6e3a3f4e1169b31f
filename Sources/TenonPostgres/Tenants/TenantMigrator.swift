public import TenonDomain
internal import TenonKit

/// Migrates the databases that single tenants have of their own, after the shared one. Each has its own lock and its own
/// version: one that fails is marked, and the others go on.
public struct TenantMigrator: Sendable {
    /// One tenant's database.
    public struct Standing: Sendable {
        public let database: TenantDatabase
        /// Nil where the tenant itself is gone.
        public let slug: String?

        /// Whether it has every migration of this version.
        public var isCurrent: Bool { database.schemaVersion >= Migrator.newestVersion }
    }

    /// What became of one.
    public struct Outcome: Sendable {
        public let standing: Standing
        public let result: Result<[String], Failure>
    }

    private enum Way: Sendable {
        case up
        case down(to: Int64)
    }

    /// How many are migrated at one time.
    private static let width = 3

    private let configuration: PostgresConfiguration

    /// The configuration is that of the login that migrates, to the shared database.
    public init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    /// `migrating` is the login that migrates; nil where the one that serves does.
    public init(_ database: PostgresDatabase, migrating: PostgresConfiguration?) {
        self.init(migrating ?? database.configuration)
    }

    /// All of them, in the order of their tenants; none where the shared database knows of none yet.
    public func status() async throws(Failure) -> [Standing] {
        do throws(PostgresError) {
            let script = try await PostgresScript.open(configuration)
            let known = try await script.run("SELECT to_regclass('tenon.tenant_databases') IS NOT NULL")
            guard known.first?.first == "t" else { return [] }
            try await script.run(Bootstrap.asOwner)
            return try await script.run(
                """
                SELECT d.tenant_id, d.state, d.schema_version, d.attempts, d.last_error, t.slug
                FROM tenon.tenant_databases d LEFT JOIN tenon.tenants t ON t.id = d.tenant_id ORDER BY d.tenant_id
                """
            ).compactMap(Self.standing)
        } catch {
            throw error.failure
        }
    }

    /// Applies what is missing to each that is in use.
    public func up() async throws(Failure) -> [Outcome] { try await migrate(.up) }

    /// Takes each that is in use back to where the shared database is going, when `count` migrations of its own are taken
    /// back, and their data with them. One that lags behind stays as it is.
    public func down(_ count: Int) async throws(Failure) -> [Outcome] {
        let shared = try await Migrator(configuration).appliedVersion()
        return try await migrate(.down(to: max(0, shared - Int64(count))))
    }

    private func migrate(_ way: Way) async throws(Failure) -> [Outcome] {
        let all = try await status().filter { $0.database.state.isRouted }
        return await withTaskGroup(of: Outcome.self) { group in
            var outcomes: [Outcome] = []
            for (index, standing) in all.enumerated() {
                if index >= Self.width, let outcome = await group.next() { outcomes.append(outcome) }
                group.addTask { await migrate(standing, way) }
            }
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.standing.database.tenant < $1.standing.database.tenant }
        }
    }

    private func migrate(_ standing: Standing, _ way: Way) async -> Outcome {
        let migrator = Migrator(configuration.database(standing.database.name))
        do throws(Failure) {
            let names =
                switch way {
                case .up: try await migrator.up()
                case .down(let version): try await migrator.down(to: version)
                }
            try await note(standing, version: try await migrator.appliedVersion(), error: nil)
            return Outcome(standing: standing, result: .success(names))
        } catch {
            try? await note(standing, version: nil, error: error.detail)
            return Outcome(standing: standing, result: .failure(error))
        }
    }

    private func note(_ standing: Standing, version: Int64?, error: String?) async throws(Failure) {
        do throws(PostgresError) {
            let script = try await PostgresScript.open(configuration)
            try await script.run(Bootstrap.asOwner)
            try await script.run(
                """
                UPDATE tenon.tenant_databases SET schema_version = coalesce(nullif($2, '')::bigint, schema_version),
                    last_error = nullif($3, ''), updated_at = now()
                WHERE tenant_id = $1::uuid
                """,
                [
                    Scope.uuidText(standing.database.tenant), version.map(String.init) ?? "",
                    String((error ?? "").prefix(500)),
                ])
        } catch {
            throw error.failure
        }
    }

    private static func standing(_ row: [String?]) -> Standing? {
        guard let tenant = row[0].flatMap(Scope.id(uuidText:)).map({ TenantID(high: $0.high, low: $0.low) }),
            let state = row[1].flatMap(TenantDatabase.State.init(rawValue:))
        else { return nil }
        let now = Timestamp(millisecondsSince1970: 0)
        return Standing(
            database: TenantDatabase(
                tenant: tenant, state: state, schemaVersion: row[2].flatMap(Int64.init) ?? 0,
                attempts: row[3].flatMap(Int64.init) ?? 0, lastError: row[4], heldUntil: now, updatedAt: now),
            slug: row[5])
    }
}
