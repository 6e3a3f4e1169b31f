import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonPostgres

@Suite("Where the server is") struct PostgresConfigurationTests {
    private func value(_ key: String, _ configuration: PostgresConfiguration) -> String? {
        configuration.parameters.first { $0.key == key }?.value.revealedText()
    }

    @Test("A URL becomes keys and values, TLS options included") func url() throws {
        let configuration = try PostgresConfiguration(
            "postgresql://u%40x:p%3Aw@db.example:6543/app?sslmode=verify-full&sslrootcert=/ca.pem&application_name=mine"
        )
        #expect(value("user", configuration) == "u@x")
        #expect(value("password", configuration) == "p:w")
        #expect(value("host", configuration) == "db.example")
        #expect(value("port", configuration) == "6543")
        #expect(value("dbname", configuration) == "app")
        #expect(value("sslmode", configuration) == "verify-full")
        #expect(value("sslrootcert", configuration) == "/ca.pem")
        #expect(value("application_name", configuration) == "mine")
        #expect(value("client_encoding", configuration) == "UTF8")
    }

    @Test("Neither the description nor an error shows a password") func redacted() throws {
        let configuration = try PostgresConfiguration("postgres://user:hunter2@localhost/app")
        #expect(!"\(configuration)".contains("hunter2"))
        #expect(!String(reflecting: configuration).contains("hunter2"))
        let failure = #expect(throws: Failure.self) {
            try PostgresConfiguration("postgres://user:hunter2@[localhost/app?nonsense=hunter2")
        }
        #expect(failure?.violations.first?.code == "invalid_database_url")
        #expect(failure?.detail.contains("hunter2") == false)
    }

    @Test("A server that refuses the password does not make us repeat it") func refusedPassword() async throws {
        var parameters = try await TestCluster.freshDatabase()
        parameters.removeAll { $0.0 == "user" }
        parameters += [("user", "nobody_here"), ("password", "hunter2")]
        let configuration = PostgresConfiguration(parameters: parameters)
        let error = await postgresError { () async throws(PostgresError) in
            try await PostgresScript.open(configuration)
        }
        #expect(error?.isConnectionLost == true)
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }

    @Test("Settings of the session reach the server, whatever stands in them, and join those of the URL")
    func settings() async throws {
        let show = Command(
            Statement(
                "show_settings",
                "SELECT current_setting('search_path'), current_setting('tenon.odd'), current_setting('work_mem')"))
        let parameters = try await TestCluster.freshDatabase() + [("options", "-c work_mem=3MB")]
        let configuration = PostgresConfiguration(parameters: parameters).settings([
            ("search_path", "one, two"), ("tenon.odd", #"a\b  'c'"#),
        ])
        let loop = try PostgresLoop()
        defer { loop.submit(.stop) }
        let pipeline = PostgresPipeline(configuration, loop: loop, wireIDs: WireIDs(), limits: .init(connections: 1))
        try await pipeline.open()
        let row = try await pipeline.run([show])[0][0]
        #expect(try row.text(0) == "one, two")
        #expect(try row.text(1) == #"a\b  'c'"#)
        #expect(try row.text(2) == "3MB")
    }
}

@Suite("A new session is what was asked for, or is refused with the way out") struct SessionCheckTests {
    private func refusal(_ configuration: PostgresConfiguration) async -> Failure? {
        let error = await postgresError { () async throws(PostgresError) in
            try await PostgresScript.open(configuration)
        }
        return error?.failure
    }

    @Test("A database in another encoding than UTF8 is refused, and nothing is migrated in it") func encoding()
        async throws
    {
        let parameters = try await TestCluster.freshDatabase()
        let name = "latin_\(parameters.first { $0.0 == "dbname" }!.1)"
        try await TestCluster.script(
            parameters, "CREATE DATABASE \(name) ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        let latin = PostgresConfiguration(parameters: parameters).database(name)
        let refused = await refusal(latin)
        #expect(refused?.code == .databaseUnsuitable)
        #expect(refused?.detail.contains("must be UTF8, got LATIN1") == true)
        await #expect(throws: Failure.self) { try await Migrator(latin).up() }
    }

    @Test("A session with another role or search path than the login asked for is refused")
    func settings() async throws {
        let parameters = try await TestCluster.migratedDatabase()
        let asked = PostgresConfiguration(parameters: parameters)
            .requiring([("search_path", "tenon"), ("role", "tenon_service")])
        #expect(await refusal(asked) == nil)
        // What comes later wins, as if the login's settings had not reached the server.
        for (key, other) in [("role", "tenon_relay"), ("search_path", "public")] {
            let refused = await refusal(asked.settings([(key, other)]))
            #expect(refused?.code == .databaseUnsuitable)
            #expect(refused?.detail.contains("got \(other)") == true)
            #expect(refused?.detail.contains("\n") == false)
        }
    }

    @Test("Scripts of operators have a time limit of their own, whatever the login's is") func limit() async throws {
        let parameters = try await TestCluster.freshDatabase()
        let hurried = PostgresConfiguration(parameters: parameters + [("options", "-c statement_timeout=1s")])
        let script = try await PostgresScript.open(hurried)
        #expect(try await script.run("SHOW statement_timeout") == [["1h"]])
    }
}

@Suite("What goes wrong, named") struct PostgresErrorTests {
    @Test("State and constraint of the server's error are kept, its values are not") func fields() async throws {
        let insert = Statement("insert_secret", "INSERT INTO secrets VALUES ($1)")
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE TABLE secrets (s text CONSTRAINT secrets_key UNIQUE)")
            let pipeline = try await sandbox.pipeline()
            _ = try await pipeline.run([Command(insert, [.text("hunter2")])])
            let error = await postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(insert, [.text("hunter2")])])
            }
            #expect(error?.sqlState == "23505")
            #expect(error?.constraint == "secrets_key")
            guard case .server(let fields) = error else { return }
            #expect(fields.table == "secrets")
            #expect(!String(reflecting: fields).contains("hunter2"))
        }
    }

    @Test(
        "Each state is to the caller what it must be",
        arguments: [
            ("57014", FailureCode.serviceUnavailable), ("53100", .serviceUnavailable), ("53300", .serviceUnavailable),
            ("57P01", .serviceUnavailable), ("25006", .serviceUnavailable), ("40001", .tooMuchContention),
            ("40P01", .tooMuchContention), ("55P03", .tooMuchContention), ("23505", .internalError),
            ("42P01", .internalError), ("25P02", .internalError), ("0A000", .internalError),
        ])
    func mapping(state: String, code: FailureCode) {
        let error = PostgresError.server(.init(sqlState: state, message: "m", constraint: nil))
        #expect(error.failure.code == code)
        #expect(error.failure.cause is PostgresError)
    }

    @Test("Losses, deadlines and a full pool are passing; wrong columns are defects") func others() {
        for error in [PostgresError.connectionLost(""), .deadlineExceeded, .poolExhausted, .closed] {
            #expect(error.failure.code == .serviceUnavailable)
        }
        #expect(PostgresError.undecodable(column: "c", expected: "text").failure.code == .internalError)
        #expect(PostgresError.cancelled.failure.code == .cancelled)
    }
}
