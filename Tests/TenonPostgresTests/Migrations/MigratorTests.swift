import Foundation
import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite struct MigratorTests {
    private let names = MigrationText.embedded.map(\.name)

    private func configuration() async throws -> PostgresConfiguration {
        PostgresConfiguration(parameters: try await TestCluster.freshDatabase())
    }

    @Test("up applies all, again nothing; down takes the newest back and up brings them again")
    func upAndDown() async throws {
        let migrator = Migrator(try await configuration())
        #expect(try await migrator.up() == names)
        #expect(try await migrator.up() == [])
        try await migrator.requireCurrent()
        #expect(try await migrator.down(2) == Array(names.suffix(2).reversed()))
        #expect(try await migrator.status().map(\.isApplied) == names.indices.map { $0 < names.count - 2 })
        let outdated = await failure { () throws(Failure) in try await migrator.requireCurrent() }
        #expect(outdated?.code == .schemaOutdated)
        #expect(outdated?.detail.contains("tenon migrate up") == true)
        #expect(try await migrator.up() == Array(names.suffix(2)))
        #expect(try await migrator.down(99) == names.reversed())
        #expect(try await migrator.up() == names)
    }

    @Test("entries that were there before histories were kept have one, and keep their values on the way back")
    func histories() async throws {
        let configuration = try await configuration()
        let before = Array(MigrationText.embedded.prefix(5))
        _ = try await Migrator(configuration, before).up()
        let connection = try await PostgresScript.open(configuration)
        let (tenant, namespace) = ("00000000-0000-7000-8000-00000000000a", "00000000-0000-7000-8000-0000000000aa")
        _ = try await connection.run(
            """
            INSERT INTO tenon.namespaces VALUES ('\(tenant)', '\(namespace)', 'n', NULL, 1, 'x', now(), now());
            INSERT INTO tenon.configs SELECT '\(tenant)', md5(k)::uuid, '\(namespace)', k, 'about ' || k, k = 'b',
                'string', NULL, 1, md5('v' || k)::uuid, 'x', now(), 'y', now() FROM unnest('{a,b}'::text[]) k;
            INSERT INTO tenon.config_versions SELECT '\(tenant)', md5('v' || k)::uuid, md5(k)::uuid, 1, 'string', NULL,
                k::bytea, 'y', now() + interval '1 s' * ascii(k) FROM unnest('{a,b}'::text[]) k;
            """)
        let select = "SELECT key, description, is_secret::text, value_type, updated_by FROM tenon.configs ORDER BY key"
        let old = try await connection.run(select)
        _ = try await Migrator(configuration, Array(MigrationText.embedded.prefix(6))).up()
        #expect(
            try await connection.run(
                """
                SELECT key, revision, ordinal, change, version, description, is_secret::text, sealed_value::text
                FROM tenon.config_versions ORDER BY revision
                """) == [
                    ["a", "2", "0", "created", "1", "about a", "false", "\\x61"],
                    ["b", "3", "0", "created", "1", "about b", "true", "\\x62"],
                ])
        #expect(try await connection.run("SELECT revision FROM tenon.namespaces") == [["3"]])
        #expect(try await Migrator(configuration, Array(MigrationText.embedded.prefix(6))).down(1).count == 1)
        #expect(try await connection.run(select) == old)
        #expect(old.count == 2)
    }

    @Test("an applied migration with another text, and an unknown one, are refused")
    func drift() async throws {
        let configuration = try await configuration()
        _ = try await Migrator(configuration).up()
        var changed = MigrationText.embedded
        changed[1] = MigrationText(
            number: 2, name: changed[1].name, up: changed[1].up + "-- changed", down: changed[1].down)
        for migrations in [changed, Array(MigrationText.embedded.prefix(3))] {
            let refused = await failure { () throws(Failure) in try await Migrator(configuration, migrations).up() }
            #expect(refused?.code == .schemaDrifted)
        }
    }

    @Test("a login that makes no roles migrates a server that has none, and one whose first text was another goes on")
    func noRoles() async throws {
        try await ClusterSandbox.use { sandbox in
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            let admin = connection.parameters
            _ = try await TestCluster.script(admin, "CREATE ROLE plain LOGIN")
            _ = try await TestCluster.script(admin, "CREATE DATABASE plain OWNER plain")
            let plain = admin.filter { $0.0 != "dbname" } + [("dbname", "plain"), ("options", "-c role=plain")]
            #expect(try await Migrator(PostgresConfiguration(parameters: plain)).up() == names)
            #expect(try await TestCluster.script(plain, "SELECT tenon.has_roles()") == [["f"]])
            try await PostgresDatabase.open(PostgresConfiguration(parameters: plain)).close()
            let former = try #require(MigrationText.embedded[0].formerChecksum)
            _ = try await TestCluster.script(
                plain, "UPDATE tenon.schema_migrations SET checksum = '\(former)' WHERE number = 1")
            #expect(try await Migrator(PostgresConfiguration(parameters: plain)).up() == [])
            await cluster.stop()
        }
    }

    @Test("of eight that migrate at once each migration is applied once")
    func race() async throws {
        let configuration = try await configuration()
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { try await Migrator(configuration).up() } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied == names)
    }

    @Test("a migration that meets a lock lets readers pass, and is applied when the lock is free")
    func lockedTable() async throws {
        let configuration = try await configuration()
        _ = try await Migrator(configuration).up()
        let change = MigrationText(
            number: 9999, name: "9999_change", up: "ALTER TABLE tenon.namespaces ADD COLUMN more int", down: "")
        let reading = try await PostgresScript.open(configuration)
        try await reading.run("BEGIN; SELECT FROM tenon.namespaces")
        let migration = Task { () throws(Failure) in
            try await Migrator(configuration, MigrationText.embedded + [change]).up()
        }
        let other = try await PostgresScript.open(configuration)
        try await until {
            try await other.run(
                """
                SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%ALTER TABLE%'
                """
            ).count == 1
        }
        // It waits behind the migration until that gives up for a while.
        #expect(try await other.run("SELECT count(*) FROM tenon.namespaces") == [["0"]])
        try await reading.run("COMMIT")
        #expect(try await migration.value == ["9999_change"])
    }

    @Test("a migration that fails leaves nothing half done")
    func failing() async throws {
        let configuration = try await configuration()
        let broken = MigrationText(
            number: 5, name: "0005_broken", up: "CREATE TABLE tenon.half (); SELECT 1 / 0;", down: "")
        let refused = await failure { () throws(Failure) in
            try await Migrator(configuration, MigrationText.embedded + [broken]).up()
        }
        #expect(refused?.detail.contains("division by zero") == true)
        #expect(try await Migrator(configuration).status().allSatisfy(\.isApplied))
        let script = try await PostgresScript.open(configuration)
        #expect(try await script.run("SELECT to_regclass('tenon.half') IS NULL") == [["t"]])
    }

    @Test("a database that was never migrated says what to run")
    func unmigrated() async throws {
        let configuration = try await configuration()
        let refused = await failure { () throws(Failure) in try await PostgresDatabase.open(configuration) }
        #expect(refused?.code == .schemaOutdated)
    }

    @Test("the embedded migrations are the files of the folder")
    func files() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Migrations").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        #expect(Set(files) == Set(names.flatMap { ["\($0).up.sql", "\($0).down.sql"] }))
        for migration in MigrationText.embedded {
            let up = try String(contentsOf: folder.appending(path: "\(migration.name).up.sql"), encoding: .utf8)
            #expect(up == migration.up)
        }
        #expect(MigrationText.embedded.map(\.number) == Array(1...names.count))
    }
}
