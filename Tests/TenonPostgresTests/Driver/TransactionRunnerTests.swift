import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite("Transactions on a lease") struct TransactionRunnerTests {
    private static let insert = Statement("insert_number", "INSERT INTO numbers VALUES ($1)")
    private static let select = Command(Statement("select_numbers", "SELECT n FROM numbers ORDER BY n"))
    private static let patience = Duration.seconds(5)

    private static func insert(_ number: Int64) -> Command { Command(insert, [.int(number)]) }

    /// What a table `numbers` holds, as another session sees it, after a transaction of the body.
    private func numbers(
        after body: (TransactionRunner, DriverSandbox) async throws(PostgresError) -> Void
    ) async throws -> (rows: [String?], error: PostgresError?) {
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE TABLE numbers (n bigint CONSTRAINT numbers_key UNIQUE)")
            var error: PostgresError?
            try await sandbox.withPool { pool in
                error = await postgresError { () async throws(PostgresError) in
                    try await pool.lend { lease throws(PostgresError) in
                        let scope = Scope.command(TenantID(high: 0, low: 1), Self.patience)
                        try await body(TransactionRunner(lease: lease, scope: scope), sandbox)
                    }
                }
            }
            return (try await sandbox.script("SELECT n FROM numbers ORDER BY n").map { $0[0] }, error)
        }
    }

    @Test("What is sent runs before what comes next, and is seen by it") func order() async throws {
        let (rows, error) = try await numbers { runner, _ throws(PostgresError) in
            runner.send([Self.insert(1)])
            runner.send([Self.insert(2)])
            let seen = try await runner.run([Self.select, Self.insert(3)])
            #expect(seen.count == 2)
            #expect(seen[0].count == 2)
            runner.send([Self.insert(4)])
            try await runner.commit(after: [Self.insert(5)])
        }
        #expect(error == nil)
        #expect(rows == ["1", "2", "3", "4", "5"])
    }

    @Test("A transaction that only sends is committed", arguments: [1, 2, 3]) func sendingAlone(count: Int) async throws
    {
        let (rows, error) = try await numbers { runner, _ throws(PostgresError) in
            for number in 1...count { runner.send([Self.insert(Int64(number))]) }
            try await runner.commit(after: [])
        }
        #expect(error == nil)
        #expect(rows.count == count)
    }

    @Test("What was sent and fails makes the commit fail, and leaves nothing") func failure() async throws {
        let (rows, error) = try await numbers { runner, _ throws(PostgresError) in
            _ = try await runner.run([Self.insert(1)])
            runner.send([Self.insert(1)])
            runner.send([Self.insert(2)])
            try await runner.commit(after: [])
        }
        #expect(error?.constraint == "numbers_key")
        #expect(rows.isEmpty)
    }

    @Test("What was sent and never committed leaves nothing, on the server and on the lease") func abandoned()
        async throws
    {
        let (rows, error) = try await numbers { runner, _ throws(PostgresError) in
            runner.send([Self.insert(1)])
        }
        #expect(error == nil)
        #expect(rows.isEmpty)
    }

    @Test("A COMMIT whose session the server ends has an unknown outcome") func lostAnswer() async throws {
        let (rows, error) = try await numbers { runner, sandbox throws(PostgresError) in
            do {
                try await sandbox.script(
                    """
                    CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); END $$;
                    CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON numbers DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION end_session()
                    """)
            } catch {
                Issue.record(error)
            }
            _ = try await runner.run([Self.insert(1)])
            try await runner.commit(after: [])
        }
        #expect(error?.failure.code == .outcomeUnknown)
        #expect(error?.failure.retryAfter == nil)
        #expect(rows.isEmpty)
    }

    @Test("A COMMIT that a deferred constraint refuses is known to have changed nothing") func refusedCommit()
        async throws
    {
        let (rows, error) = try await numbers { runner, sandbox throws(PostgresError) in
            do {
                try await sandbox.script(
                    "ALTER TABLE numbers ADD CONSTRAINT late_key UNIQUE (n) DEFERRABLE INITIALLY DEFERRED, DROP CONSTRAINT numbers_key"
                )
            } catch {
                Issue.record(error)
            }
            _ = try await runner.run([Self.insert(1), Self.insert(1)])
            try await runner.commit(after: [])
        }
        #expect(error?.constraint == "late_key")
        #expect(rows.isEmpty)
    }

    @Test("A transaction that did nothing takes no round trip") func untouched() async throws {
        let (_, error) = try await numbers { runner, sandbox throws(PostgresError) in
            sandbox.loop.submit(.stop)
            try await runner.commit(after: [])
        }
        #expect(error == nil)
    }
}
