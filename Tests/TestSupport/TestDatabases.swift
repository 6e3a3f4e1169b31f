internal import Synchronization
public import TenonDomain
internal import TenonPostgres

/// The PostgreSQL server that the tests of one process share: started at its first use, gone with the process.
public enum TestCluster {
    /// Suites run side by side, each with pools of its own. Whatever is on its disk is gone with it, so that nothing is
    /// synced: tests make databases by the hundred.
    private static let server = Task {
        try await PostgresServer.start(settings: ["max_connections": "400", "jit": "off"])
    }

    private static let lastDatabase = Atomic<Int>(0)

    /// libpq's parameters of a new, empty database.
    public static func freshDatabase() async throws -> [(String, String)] {
        try await newDatabase(from: "template1")
    }

    /// A new database with every migration applied. They run once: every other one is a copy of that.
    public static func migratedDatabase() async throws -> [(String, String)] {
        try await newDatabase(from: template.value)
    }

    private static func newDatabase(from template: String) async throws -> [(String, String)] {
        let parameters = try await server.value.parameters
        let name = "test_\(lastDatabase.add(1, ordering: .relaxed).newValue)"
        try await script(parameters, "CREATE DATABASE \(name) TEMPLATE \(template)")
        return parameters.map { $0.0 == "dbname" ? ("dbname", name) : $0 }
    }

    /// Nobody is connected to it once it is there.
    private static let template = Task { () throws -> String in
        let parameters = try await freshDatabase()
        _ = try await Migrator(PostgresConfiguration(parameters: parameters)).up()
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
