internal import Foundation
internal import Synchronization
public import TenonDomain
internal import TenonPostgres

/// A private PostgreSQL cluster for the tests of one process: started at its first use, gone with the process.
public enum TestCluster {
    private static let cluster = Task { () throws -> [(String, String)] in
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenon-tests-\(getpid())").path
        atexit { TestCluster.removeFolder() }
        return try await start(in: folder).parameters
    }

    private static func start(in folder: String) async throws -> ClusterConnection {
        var settings = EmbeddedClusterSettings(dataFolder: folder)
        settings.durableInitialization = false
        // Suites run side by side, each with pools of its own.
        settings.maxConnections = 400
        let cluster = EmbeddedCluster(settings)
        kept.withLock { $0 = (cluster, folder) }
        return try await cluster.start()
    }

    private static let kept = Mutex<(EmbeddedCluster?, String?)>((nil, nil))

    /// The postmaster ends with this process; what it leaves is removed here.
    private static func removeFolder() {
        guard let folder = kept.withLock({ $0.1 }) else { return }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static let lastDatabase = Atomic<Int>(0)

    /// libpq's parameters of a new, empty database.
    public static func freshDatabase() async throws -> [(String, String)] {
        let parameters = try await cluster.value
        let name = "test_\(lastDatabase.add(1, ordering: .relaxed).newValue)"
        try await script(parameters, "CREATE DATABASE \(name)")
        return parameters.map { $0.0 == "dbname" ? ("dbname", name) : $0 }
    }

    /// A new database with every migration applied.
    public static func migratedDatabase() async throws -> [(String, String)] {
        let parameters = try await freshDatabase()
        _ = try await Migrator(PostgresConfiguration(parameters: parameters)).up()
        return parameters
    }

    private static let template = Task { () throws -> String in
        let parameters = try await migratedDatabase()
        return parameters.first { $0.0 == "dbname" }!.1
    }

    /// Gives the tenant a database of its own beside the shared one: made from a template, since tests need many.
    public static func giveDatabase(to tenant: TenantID, beside shared: [(String, String)]) async throws {
        let name = TenantDatabase.name(of: tenant)
        try await script(shared, "CREATE DATABASE \(name) TEMPLATE \(try await template.value)")
        try await script(
            shared,
            """
            INSERT INTO tenon.tenant_databases
            SELECT '\(uuid(tenant))', '\(name)', 'ready', max(number), 1, NULL, now(), now() FROM tenon.schema_migrations
            """)
    }

    /// Its 32 hexadecimal digits.
    public static func uuid<Entity>(_ id: Identifier<Entity>) -> String {
        id.bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }

    /// Runs SQL as the cluster's superuser and answers the last statement's rows.
    @discardableResult
    public static func script(_ parameters: [(String, String)], _ sql: String) async throws -> [[String?]] {
        try await PostgresScript.open(PostgresConfiguration(parameters: parameters)).run(sql)
    }
}
