internal import Synchronization
public import TenonDomain
public import TenonKit

/// Backups of single tenants, whichever isolation they have: their rows, table by table, as they stood at one moment.
/// The keys that open sealed values are not in it, so that destroying a tenant's keys destroys its backups' secrets.
public struct TenantBackup: Sendable {
    public struct Summary: Sendable {
        public let tables: Int
        public let rows: Int64
    }

    let database: PostgresDatabase
    let migrating: PostgresConfiguration
    let settling: Duration

    /// Files of this version of the schema and later can be restored: no migration since has changed what the columns of a
    /// backup hold. A migration that does raises it.
    static let oldestSchemaVersion: Int64 = 19

    /// `migrating` is the login that migrates, to the shared database; nil where the one that serves does. `settling` is
    /// how long a restored tenant takes no writes: until every process knows which credentials are void, of which they
    /// ask once a second.
    public init(
        _ database: PostgresDatabase, migrating: PostgresConfiguration? = nil, settling: Duration = .seconds(3)
    ) {
        self.database = database
        self.migrating = migrating ?? database.configuration
        self.settling = settling
    }

    /// Writes the tenant's rows to a new file that only its owner reads. Fails with `backupRefused`,
    /// `tenantDatabaseUnavailable`, or as the database does; then there is no file.
    public func write(
        _ tenant: TenantID, to path: String, at now: Timestamp
    ) async throws(Failure) -> Summary {
        let own = try await ownDatabase(of: tenant)
        if let own { try own.requireUsable(schemaVersion: Migrator.newestVersion) }
        let writer = try BackupWriter(path)
        do throws(PostgresError) {
            let script = try await PostgresScript.open(own.map { migrating.database($0.name) } ?? migrating)
            try await script.run(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(Bootstrap.asOwner); SET LOCAL timezone = 'UTC'")
            let header = BackupHeader(
                tenant: tenant, schemaVersion: Migrator.newestVersion, takenAt: now.description)
            try Self.io { () throws(Failure) in try writer.write(line: header.line) }
            var rows: Int64 = 0
            let tables = try await TenantTables.all(script)
            for table in tables {
                try Self.io { () throws(Failure) in try writer.write(line: table.line) }
                rows += try await script.copyOut(Self.select(table, of: tenant)) { bytes throws(PostgresError) in
                    try Self.io { () throws(Failure) in try writer.write(bytes) }
                }
                try Self.io { () throws(Failure) in
                    try writer.write(line: String(decoding: BackupTable.end, as: UTF8.self))
                }
            }
            let end = JSONValue.members([
                "end": .bool(true), "rows": .integer(rows), "checksum": .string(writer.checksum.text),
            ])
            try Self.io { () throws(Failure) in
                try writer.write(line: end.description)
                try writer.finish()
            }
            return Summary(tables: tables.count, rows: rows)
        } catch {
            writer.abandon()
            throw error.failure
        }
    }

    /// Unordered: a restore needs no order.
    static func select(_ table: BackupTable, of tenant: TenantID) -> String {
        """
        COPY (SELECT \(table.columnList) FROM tenon."\(table.name)" WHERE tenant_id = '\(Scope.uuidText(tenant))')
        TO STDOUT
        """
    }

    /// What is known of the tenant's own database; nil for one of the shared database.
    func ownDatabase(of tenant: TenantID) async throws(Failure) -> TenantDatabase? {
        try await PostgresTenantDatabases(runner: database.reads(in: tenant), tenant: tenant).database()
    }

    /// Lets operations on files throw within a body that throws the database's errors.
    static func io<Value>(_ body: () throws(Failure) -> Value) throws(PostgresError) -> Value {
        do throws(Failure) {
            return try body()
        } catch {
            throw .refused(error)
        }
    }
}
