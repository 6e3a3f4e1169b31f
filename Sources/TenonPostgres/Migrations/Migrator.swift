public import TenonDomain
internal import TenonKit
internal import TenonMigrations

/// Brings a database to a version of the schema and back. Holds an advisory lock, so that of many processes one
/// migrates and the others wait; each migration is a transaction of its own.
public struct Migrator: Sendable {
    public struct Status: Sendable, Equatable {
        public let name: String
        public let isApplied: Bool
    }

    /// The number of the newest migration of this version.
    static let newestVersion = Int64(MigrationText.embedded.last?.number ?? 0)
    static let outdated = Failure(.schemaOutdated, "The database is not up to date: run 'tenon migrate up' first.")
    /// `tenon` in ASCII.
    private static let lockKey = 0x74_65_6E_6F_6E

    private let configuration: PostgresConfiguration
    private let migrations: [MigrationText]

    public init(_ configuration: PostgresConfiguration) {
        self.init(configuration, MigrationText.embedded)
    }

    init(_ configuration: PostgresConfiguration, _ migrations: [MigrationText]) {
        self.configuration = configuration
        self.migrations = migrations
    }

    /// Applies what is missing; answers the names.
    public func up() async throws(Failure) -> [String] {
        try await withLockedDatabase { script throws(PostgresError) in
            try await script.run(Bootstrap.sql)
            let applied = try await checked(script)
            var names: [String] = []
            for migration in migrations.dropFirst(applied) {
                try await apply(
                    migration.up,
                    then: """
                        INSERT INTO tenon.schema_migrations (number, name, checksum, applied_at)
                        VALUES (\(migration.number), '\(migration.name)', '\(migration.checksum)', now())
                        """, script)
                names.append(migration.name)
            }
            return names
        }
    }

    /// Takes the newest `count` migrations back, and their data with them; answers the names.
    public func down(_ count: Int) async throws(Failure) -> [String] {
        try await takeBack { $0.suffix(count) }
    }

    /// Takes back what is newer than the version, and its data; answers the names.
    func down(to version: Int64) async throws(Failure) -> [String] {
        try await takeBack { $0.drop { $0.number <= version } }
    }

    private func takeBack(
        _ choose: (ArraySlice<MigrationText>) -> ArraySlice<MigrationText>
    ) async throws(Failure) -> [String] {
        try await withLockedDatabase { script throws(PostgresError) in
            try await script.run(Bootstrap.sql)
            let applied = try await checked(script)
            var names: [String] = []
            for migration in choose(migrations.prefix(applied)).reversed() {
                try await apply(
                    migration.down, then: "DELETE FROM tenon.schema_migrations WHERE number = \(migration.number)",
                    script)
                names.append(migration.name)
            }
            return names
        }
    }

    /// All known migrations and whether they are applied. Fails with `schemaDrifted` as the others do.
    public func status() async throws(Failure) -> [Status] {
        do throws(PostgresError) {
            let script = try await PostgresScript.open(configuration)
            let applied = try await checked(script)
            return migrations.enumerated().map { Status(name: $1.name, isApplied: $0 < applied) }
        } catch {
            throw Self.failure(error)
        }
    }

    /// The number of the newest migration that is applied; 0 for none.
    func appliedVersion() async throws(Failure) -> Int64 {
        let applied = try await status().lastIndex(where: \.isApplied)
        return applied.map { Int64(migrations[$0].number) } ?? 0
    }

    /// Passes where everything is applied; else `schemaOutdated`.
    public func requireCurrent() async throws(Failure) {
        guard try await status().allSatisfy(\.isApplied) else { throw Self.outdated }
    }

    /// How long a migration waits for a lock. Whoever comes after it waits behind it meanwhile, so it gives up soon and
    /// tries again, for about a minute.
    private static let lockTimeout = Duration.seconds(1)
    private static let lockAttempts = 25

    private func apply(_ sql: String, then record: String, _ script: PostgresScript) async throws(PostgresError) {
        var backOff = BackOff.connecting
        for _ in 1..<Self.lockAttempts {
            do throws(PostgresError) {
                return try await applyOnce(sql, then: record, script)
            } catch {
                guard error.isLockTimeout, !Task.isCancelled else { throw error }
                try await script.run("ROLLBACK")
                try? await Task.sleep(for: backOff.next())
            }
        }
        try await applyOnce(sql, then: record, script)
    }

    private func applyOnce(_ sql: String, then record: String, _ script: PostgresScript) async throws(PostgresError) {
        // The role is the owner's where there is one; it ends with the transaction.
        try await script.run(
            """
            BEGIN;
            SET LOCAL lock_timeout = \(Self.lockTimeout.milliseconds);
            SELECT set_config('role', 'tenon_owner', true) \(Bootstrap.whereOwnedByRole);
            \(sql);
            \(record);
            COMMIT;
            """)
    }

    /// How many are applied. They are a prefix of the known ones, unchanged; anything else is drift.
    private func checked(_ script: PostgresScript) async throws(PostgresError) -> Int {
        let exists = try await script.run("SELECT to_regclass('tenon.schema_migrations') IS NOT NULL")
        guard exists.first?.first == "t" else { return 0 }
        let rows = try await script.run("SELECT name, checksum FROM tenon.schema_migrations ORDER BY number")
        for (index, row) in rows.enumerated() {
            guard index < migrations.count else {
                throw Self.drift("the database holds \(row[0] ?? "?"), which this version does not know")
            }
            let migration = migrations[index]
            guard row[0] == migration.name, row[1] == migration.checksum || row[1] == migration.formerChecksum else {
                throw Self.drift("\(row[0] ?? "?") was applied with another text than this version has")
            }
        }
        return rows.count
    }

    private func withLockedDatabase<Value>(
        _ body: (PostgresScript) async throws(PostgresError) -> Value
    ) async throws(Failure) -> Value {
        do throws(PostgresError) {
            let script = try await PostgresScript.open(configuration)
            try await script.run("SELECT pg_advisory_lock(\(Self.lockKey))")
            return try await body(script)
        } catch {
            throw Self.failure(error)
        }
    }

    private static func drift(_ what: String) -> PostgresError {
        .server(PostgresError.ServerError(sqlState: driftState, message: what, constraint: nil))
    }

    /// Not a state of PostgreSQL's: marks our own refusal on its way out.
    private static let driftState = "TN001"

    private static func failure(_ cause: PostgresError) -> Failure {
        if case .server(let error) = cause {
            if error.sqlState == driftState { return Failure(.schemaDrifted, "Refused: \(error.message).") }
            if cause.isLockTimeout {
                return .unavailable(
                    "The migration found a table locked for a minute: end the session that holds the lock (see pg_locks), or "
                        + "try again later.", cause: cause)
            }
            return Failure(
                .serviceUnavailable, "The migration failed: \(error.message) (\(error.sqlState)).", cause: nil)
        }
        return cause.failure
    }
}

/// A migration as the migrator sees it.
struct MigrationText: Sendable {
    let number: Int
    let name: String
    let up: String
    let down: String
    var formerChecksum: String?

    static let embedded = Migration.all.map {
        MigrationText(number: $0.number, name: $0.name, up: $0.up, down: $0.down, formerChecksum: $0.formerChecksum)
    }

    /// Of the way up.
    var checksum: String {
        var checksum = FNV1a()
        checksum.add(up.utf8)
        return checksum.text
    }
}
