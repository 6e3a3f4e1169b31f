import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite("Prepared statements") struct PreparedStatementTests {
    private static let single = PostgresPipeline.Limits(connections: 1)

    @Test("A statement that cannot be prepared fails with the reason, and works once the reason is gone")
    func preparationFails() async throws {
        let statement = Statement("from_later", "SELECT n FROM later")
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(Self.single)
            for _ in 0..<2 {
                let error = await postgresError { () async throws(PostgresError) in
                    try await pipeline.run([Command(statement)])
                }
                #expect(error?.sqlState == "42P01")
            }
            try await sandbox.script("CREATE TABLE later AS SELECT 5 AS n")
            #expect(try await pipeline.run([Command(statement)])[0][0].int(0) == 5)
        }
    }

    @Test("A statement whose columns changed is prepared anew") func changedColumns() async throws {
        let statement = Statement("star", "SELECT * FROM stars")
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE TABLE stars AS SELECT 5 AS n")
            let pipeline = try await sandbox.pipeline(Self.single)
            #expect(try await pipeline.run([Command(statement)])[0][0].int(0) == 5)
            try await sandbox.script("ALTER TABLE stars ADD COLUMN name text DEFAULT 'sun'")
            #expect(try await pipeline.run([Command(statement)])[0][0].text(1) == "sun")
            #expect(try await pipeline.run([Command(statement)])[0][0].text(1) == "sun")
        }
    }

    @Test("A statement that the server forgot is prepared anew") func forgotten() async throws {
        let statement = Statement("five", "SELECT 5")
        let forget = Statement("forget", "DEALLOCATE ALL")
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(Self.single)
            #expect(try await pipeline.run([Command(statement)])[0][0].int(0) == 5)
            _ = try await pipeline.run([Command(forget)])
            #expect(try await pipeline.run([Command(statement)])[0][0].int(0) == 5)
        }
    }

    @Test("Two statements of one group that are both new are both prepared, also one that comes twice")
    func severalNew() async throws {
        let one = Statement("new_one", "SELECT 1")
        let two = Statement("new_two", "SELECT 2")
        try await DriverSandbox.use { sandbox in
            let rows = try await sandbox.pipeline(Self.single).run([Command(one), Command(two), Command(one)])
            #expect(try rows.map { try $0[0].int(0) } == [1, 2, 1])
        }
    }

    @Test("Requests larger than every buffer do not block each other") func largeBothWays() async throws {
        let echo = Statement("echo_bytes", "SELECT $1::bytea")
        let megabyte = [UInt8](repeating: 7, count: 1 << 20)
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(Self.single)
            let lengths = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        try await pipeline.run([Command(echo, [.bytes(megabyte)])])[0][0].bytes(0).count
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(lengths == 32 << 20)
        }
    }
}
