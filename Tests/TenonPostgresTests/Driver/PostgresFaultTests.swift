import Synchronization
import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite("A server that goes away and comes back") struct PostgresFaultTests {
    private static let echo = Statement("echo", "SELECT $1::bigint")
    private static let lockedRead = Statement("locked_read", "SELECT 5 FROM pg_advisory_xact_lock(7)")
    private static let slowWrite = Statement("slow_write", "INSERT INTO written SELECT 1 FROM pg_sleep(30)")

    private final class Progress: Sendable {
        let isOver = Atomic<Bool>(false)
        let answered = Atomic<Int>(0)
        var count: Int { answered.load(ordering: .relaxed) }
    }

    @Test("A read that loses its connection is sent again") func readIsRepeated() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline()
            try await sandbox.script("SELECT pg_advisory_lock(7)")
            async let answer = pipeline.run([Command(Self.lockedRead)])
            try await sandbox.terminate(running: "pg_advisory_xact_lock")
            try await until { try await sandbox.blocked() == 1 }
            try await sandbox.script("SELECT pg_advisory_unlock(7)")
            #expect(try await answer[0][0].int(0) == 5)
        }
    }

    @Test("A write that loses its connection fails with that and is not sent again") func writeFails() async throws {
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE TABLE written (n int)")
            let pipeline = try await sandbox.pipeline()
            async let answer = postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(Self.slowWrite)])
            }
            try await sandbox.terminate(running: "INSERT INTO written")
            #expect(await answer?.isConnectionLost == true)
            #expect(try await sandbox.running("INSERT INTO written") == 0)
        }
    }

    @Test("Lost connections come back by themselves") func reconnects() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline()
            try await sandbox.script(
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            #expect(try await pipeline.run([Command(Self.echo, [.int(3)])])[0][0].int(0) == 3)
            try await until { pipeline.connections == 2 }
        }
    }

    @Test(
        "Reads go on through a restart and a crash of the server, and leases are to be had again after it",
        .timeLimit(.minutes(1)), arguments: [false, true])
    func restart(isCrash: Bool) async throws {
        let server = try await PostgresServer.start()
        try await DriverSandbox.use(on: server) { sandbox in
            let limits = PostgresPipeline.Limits(
                timeout: .seconds(40), rules: PipelineState.Limits(patience: .seconds(40)))
            let pipeline = try await sandbox.pipeline(limits)
            try await sandbox.withPool(patience: .seconds(40)) { pool in
                let lend = { () async throws(PostgresError) -> Int64 in
                    try await pool.lend { lease throws(PostgresError) in
                        try await lease.run([Command(Self.echo, [.int(1)])])[0][0].int(0)
                    }
                }
                _ = try await lend()
                let progress = Progress()
                let readers = (0..<4).map { _ in
                    Task {
                        while !progress.isOver.load(ordering: .relaxed) {
                            _ = try await pipeline.run([Command(Self.echo, [.int(1)])])
                            progress.answered.add(1, ordering: .relaxed)
                        }
                    }
                }
                try await until { progress.count > 100 }
                if isCrash {
                    try server.killHard()
                    try await server.start()
                } else {
                    try await server.restart()
                }
                let before = progress.count
                try await until { progress.count > before + 100 }
                progress.isOver.store(true, ordering: .relaxed)
                for reader in readers { try await reader.value }
                #expect(try await lend() == 1)
            }
        }
    }

    @Test("While the server is down requests fail, and when it is back they do not")
    func whileDown() async throws {
        let server = try await PostgresServer.start()
        try await DriverSandbox.use(on: server) { sandbox in
            let pipeline = try await sandbox.pipeline(
                PostgresPipeline.Limits(rules: PipelineState.Limits(patience: .milliseconds(300))))
            try await server.stop()
            for _ in 0..<3 {
                let error = await postgresError { () async throws(PostgresError) in
                    try await pipeline.run([Command(Self.echo, [.int(1)])])
                }
                #expect(error?.isConnectionLost == true)
                #expect(error?.failure.code == .serviceUnavailable)
            }
            try await server.start()
            try await until { (try? await pipeline.run([Command(Self.echo, [.int(1)])])) != nil }
        }
    }
}
