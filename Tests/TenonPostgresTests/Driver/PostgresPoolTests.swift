import Synchronization
import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite("Leases") struct PostgresPoolTests {
    private static let begin = Command(PostgresLease.begin)
    private static let commit = Command(PostgresLease.commit)
    private static let echo = Statement("echo", "SELECT $1::bigint")
    private static let process = Command(Statement("process", "SELECT pg_backend_pid()"))
    private static let insert = Statement("insert_number", "INSERT INTO numbers VALUES ($1)")
    private static let sleep = Command(Statement("long_sleep", "SELECT pg_sleep(60)"))

    private static let single = PostgresPool.Limits(minimum: 0, maximum: 1)

    /// The rows of a table `numbers` as another session sees them, after the body.
    private func numbers(
        after body: (PostgresPool, DriverSandbox) async throws -> Void
    ) async throws -> [String?] {
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE TABLE numbers (n bigint CONSTRAINT numbers_key UNIQUE)")
            try await sandbox.withPool(Self.single) { pool in try await body(pool, sandbox) }
            return try await sandbox.script("SELECT n FROM numbers ORDER BY n").map { $0[0] }
        }
    }

    @Test("What a lease commits is there") func commits() async throws {
        let rows = try await numbers { pool, _ in
            try await pool.lend { lease throws(PostgresError) in
                _ = try await lease.run([Self.begin, Command(Self.insert, [.int(1)])])
                #expect(lease.isInTransaction)
                let results = try await lease.run([Command(Self.insert, [.int(2)]), Self.commit])
                #expect(results[1].commandTag == "COMMIT")
                #expect(!lease.isInTransaction)
            }
        }
        #expect(rows == ["1", "2"])
    }

    @Test("A body that throws leaves nothing behind, and the next one finds a clean connection") func rollsBack()
        async throws
    {
        let rows = try await numbers { pool, _ in
            let error = await postgresError { () async throws(PostgresError) in
                try await pool.lend { lease throws(PostgresError) in
                    _ = try await lease.run([Self.begin, Command(Self.insert, [.int(1)])])
                    _ = try await lease.run([Command(Self.insert, [.int(1)])])
                }
            }
            #expect(error?.sqlState == "23505")
            #expect(error?.constraint == "numbers_key")
            try await pool.lend { lease throws(PostgresError) in
                #expect(!lease.isInTransaction)
                _ = try await lease.run([Command(Self.insert, [.int(9)])])
            }
        }
        #expect(rows == ["9"])
    }

    @Test("A body that forgets to commit is rolled back, and its connection is used again") func forgetsCommit()
        async throws
    {
        let processes = Mutex<[Int64]>([])
        let rows = try await numbers { pool, _ in
            for number in Int64(1)...2 {
                try await pool.lend { lease throws(PostgresError) in
                    let results = try await lease.run([
                        Self.begin, Command(Self.insert, [.int(number)]), Self.process,
                    ])
                    let process = try results[2][0].int(0)
                    processes.withLock { $0.append(process) }
                }
            }
        }
        #expect(rows == [])
        #expect(processes.withLock { $0[0] == $0[1] })
    }

    @Test("A COMMIT after an error is told to be a ROLLBACK") func commitOfFailed() async throws {
        _ = try await numbers { pool, _ in
            try await pool.lend { lease throws(PostgresError) in
                _ = try await lease.run([Self.begin, Command(Self.insert, [.int(1)])])
                _ = await postgresError { () async throws(PostgresError) in
                    try await lease.run([Command(Self.insert, [.int(1)])])
                }
                #expect(try await lease.run([Self.commit])[0].commandTag == "ROLLBACK")
            }
        }
    }

    @Test(
        "A cancelled task ends its statement on the server, and the connection is used again", .timeLimit(.minutes(1)))
    func cancellation() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool(Self.single) { pool in
                let before = try await pool.lend { lease throws(PostgresError) in
                    try await lease.run([Self.process])[0][0].int(0)
                }
                let sleeping = Task {
                    await postgresError { () async throws(PostgresError) in
                        try await pool.lend { lease throws(PostgresError) in
                            try await lease.run([Self.begin, Self.sleep], within: .seconds(60))
                        }
                    }
                }
                try await until { try await sandbox.running("pg_sleep(60)") == 1 }
                sleeping.cancel()
                #expect(await sleeping.value?.isCancelled == true)
                try await until { try await sandbox.running("pg_sleep(60)") == 0 }
                let after = try await pool.lend { lease throws(PostgresError) in
                    #expect(!lease.isInTransaction)
                    return try await lease.run([Self.process])[0][0].int(0)
                }
                #expect(after == before)
            }
        }
    }

    @Test("A deadline ends the statement on the server", .timeLimit(.minutes(1))) func deadline() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool(Self.single) { pool in
                let error = await postgresError { () async throws(PostgresError) in
                    try await pool.lend { lease throws(PostgresError) in
                        try await lease.run([Self.sleep], within: .milliseconds(200))
                    }
                }
                #expect(error?.isDeadlineExceeded == true)
                try await until { try await sandbox.running("pg_sleep(60)") == 0 }
                #expect(
                    try await pool.lend { lease throws(PostgresError) in
                        try await lease.run([Command(Self.echo, [.int(4)])])[0][0].int(0)
                    } == 4)
            }
        }
    }

    @Test("Who waits longer than the patience is refused, and the pool goes on") func waiterDeadline() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool(Self.single, patience: .milliseconds(500)) { pool in
                let refused = try await pool.lend { outer throws(PostgresError) in
                    await postgresError { () async throws(PostgresError) in
                        try await pool.lend { _ throws(PostgresError) in }
                    }
                }
                #expect(refused?.isPoolExhausted == true)
                try await pool.lend { lease throws(PostgresError) in _ = try await lease.run([Self.process]) }
            }
        }
    }

    @Test("A waiter that is cancelled is gone at once, and no lease with it") func cancelledWaiter() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool(Self.single) { pool in
                try await pool.lend { outer throws(PostgresError) in
                    let waiting = Task {
                        await postgresError { () async throws(PostgresError) in
                            try await pool.lend { _ throws(PostgresError) in }
                        }
                    }
                    try? await until { pool.counts.waiting == 1 }
                    waiting.cancel()
                    #expect(await waiting.value?.isCancelled == true)
                    #expect(pool.counts.waiting == 0)
                }
                try await pool.lend { lease throws(PostgresError) in _ = try await lease.run([Self.process]) }
            }
        }
    }

    @Test("However tasks are cancelled, every connection comes back", .timeLimit(.minutes(1)))
    func cancellationStorm() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool(PostgresPool.Limits(minimum: 0, maximum: 3)) { pool in
                await withTaskGroup { group in
                    for number in 0..<300 {
                        let task = Task {
                            try await pool.lend { lease throws(PostgresError) in
                                _ = try await lease.run([Self.begin, Command(Self.echo, [.int(1)])])
                                _ = try await lease.run([Command(Self.echo, [.int(2)]), Self.commit])
                            }
                        }
                        group.addTask {
                            for _ in 0..<(number % 17) { await Task.yield() }
                            if number % 2 == 0 { task.cancel() }
                            _ = await task.result
                        }
                    }
                }
                try await until { pool.counts.idle == pool.counts.connections }
                #expect(pool.counts.connections <= 3)
                for _ in 0..<6 {
                    try await pool.lend { lease throws(PostgresError) in
                        #expect(!lease.isInTransaction)
                        _ = try await lease.run([Self.process])
                    }
                }
            }
        }
    }

    @Test("A connection that breaks between two statements fails its lease alone") func breaksOnLease() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool(Self.single) { pool in
                let error = await postgresError { () async throws(PostgresError) in
                    try await pool.lend { lease throws(PostgresError) in
                        let process = try await lease.run([Self.begin, Self.process])[1][0].int(0)
                        _ = try? await sandbox.script("SELECT pg_terminate_backend(\(process), 5000)")
                        _ = try await lease.run([Command(Self.echo, [.int(1)])])
                    }
                }
                #expect(error?.isConnectionLost == true)
                try await pool.lend { lease throws(PostgresError) in _ = try await lease.run([Self.process]) }
            }
        }
    }

    @Test("A resting connection that breaks is noticed before anybody gets it") func breaksIdle() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool(Self.single) { pool in
                let process = try await pool.lend { lease throws(PostgresError) in
                    try await lease.run([Self.process])[0][0].int(0)
                }
                try await sandbox.script("SELECT pg_terminate_backend(\(process), 5000)")
                try await until { pool.counts.connections == 0 }
                try await pool.lend { lease throws(PostgresError) in _ = try await lease.run([Self.process]) }
            }
        }
    }

    @Test("The minimum is opened without being asked for, and resting connections are checked")
    func minimumAndCheck() async throws {
        let limits = PostgresPool.Limits(minimum: 2, maximum: 4, checkInterval: .milliseconds(10))
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool(limits) { pool in
                try await until { pool.counts.connections == 2 }
                try await until {
                    try await sandbox.script(
                        """
                        SELECT 1 FROM pg_stat_activity
                        WHERE datname = current_database() AND query = 'SELECT 1' AND application_name = 'tenon'
                            AND pid <> pg_backend_pid()
                        """
                    ).count == 2
                }
            }
        }
    }

    @Test("A closed pool refuses") func closed() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.withPool { pool in
                pool.close()
                let error = await postgresError { () async throws(PostgresError) in
                    try await pool.lend { _ throws(PostgresError) in }
                }
                #expect(error?.isClosed == true)
            }
        }
    }
}
