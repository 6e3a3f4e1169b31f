import Glibc
import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite("The shared pipeline") struct PostgresPipelineTests {
    private static let echo = Statement("echo", "SELECT $1::bigint")
    private static let divide = Statement("divide", "SELECT 1 / $1::bigint")
    private static let tenant = Statement("tenant", "SELECT current_setting('tenon.tenant_id', true)")
    private static let setTenant = Statement("set_tenant", "SELECT set_config('tenon.tenant_id', $1, true)")
    private static let process = Statement("process", "SELECT pg_backend_pid()")
    /// Waits for whoever has the lock.
    private static let wait = Statement("wait", "SELECT pg_advisory_xact_lock(7)")

    private static let single = PostgresPipeline.Limits(connections: 1)

    @Test("A thousand requests at once all get their own answer") func thousandAtOnce() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline()
            let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        try await pipeline.run([Command(Self.echo, [.int(Int64(number))])])[0][0].int(0) != number
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wrong == 0)
        }
    }

    @Test("An error in one group leaves its neighbours on the same connection intact") func errorIsOneGroups()
        async throws
    {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(Self.single)
            let outcomes = await withTaskGroup(of: (Int64, PostgresError?).self) { group in
                for number in Int64(0)..<300 {
                    group.addTask {
                        let commands = [
                            Command(Self.echo, [.int(number)]), Command(Self.divide, [.int(number % 3)]),
                            Command(Self.echo, [.int(number)]),
                        ]
                        return (
                            number,
                            await postgresError { () async throws(PostgresError) in try await pipeline.run(commands) }
                        )
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count == 300)
            #expect(outcomes.allSatisfy { $0.1?.sqlState == ($0.0 % 3 == 0 ? "22012" : nil) })
        }
    }

    @Test("A group is one transaction: an error undoes what stands before it") func groupIsTransaction() async throws {
        let insert = Statement("insert_one", "INSERT INTO ones VALUES (1)")
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE TABLE ones (n int)")
            let pipeline = try await sandbox.pipeline(Self.single)
            let error = await postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(insert), Command(Self.divide, [.int(0)])])
            }
            #expect(error?.sqlState == "22012")
            #expect(try await sandbox.script("SELECT n FROM ones").isEmpty)
        }
    }

    @Test("A tenant's scope ends with its group, also when that fails") func scopeDoesNotLeak() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(Self.single)
            let scope = [Command(Self.setTenant, [.text("a")])]
            let inside = try await pipeline.run([Command(Self.tenant)], scope: scope)
            #expect(inside.count == 1)
            #expect(try inside[0][0].text(0) == "a")
            #expect(try await String?.read(pipeline.run([Command(Self.tenant)])[0][0], 0) ?? "" == "")
            _ = await postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(Self.divide, [.int(0)])], scope: scope)
            }
            #expect(try await String?.read(pipeline.run([Command(Self.tenant)])[0][0], 0) ?? "" == "")
        }
    }

    @Test("Scopes of many tenants in flight at once never mix") func scopesDoNotMix() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline()
            let mixed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let scope = [Command(Self.setTenant, [.text("tenant \(number)")])]
                        return try await pipeline.run([Command(Self.tenant)], scope: scope)[0][0].text(0)
                            != "tenant \(number)"
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(mixed == 0)
        }
    }

    @Test("A cancelled task returns when the server has answered for it, and the connection stays of use")
    func cancellation() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(Self.single)
            try await sandbox.script("SELECT pg_advisory_lock(7)")
            let waiting = Task {
                await postgresError { () async throws(PostgresError) in try await pipeline.run([Command(Self.wait)]) }
            }
            try await until { try await sandbox.blocked() == 1 }
            waiting.cancel()
            #expect(pipeline.counts == (waiting: 0, unanswered: 1))
            try await sandbox.script("SELECT pg_advisory_unlock(7)")
            #expect(await waiting.value?.isCancelled == true)
            #expect(pipeline.counts == (waiting: 0, unanswered: 0))
            #expect(try await pipeline.run([Command(Self.echo, [.int(7)])])[0][0].int(0) == 7)
        }
    }

    @Test("Of many abandoned requests the server works on those alone that it had") func abandoned() async throws {
        let count = Statement("count_and_wait", "SELECT nextval('runs'), pg_advisory_xact_lock_shared(7)")
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE SEQUENCE runs")
            let pipeline = try await sandbox.pipeline()
            try await sandbox.script("SELECT pg_advisory_lock(7)")
            let tasks = (0..<40).map { _ in
                Task {
                    await postgresError { () async throws(PostgresError) in
                        try await pipeline.run([Command(count)])
                    }
                }
            }
            try await until { pipeline.counts == (waiting: 36, unanswered: 4) }
            for task in tasks { task.cancel() }
            try await until { pipeline.counts == (waiting: 0, unanswered: 4) }
            try await sandbox.script("SELECT pg_advisory_unlock(7)")
            for task in tasks { #expect(await task.value?.isCancelled == true) }
            #expect(pipeline.counts == (waiting: 0, unanswered: 0))
            #expect(try await sandbox.script("SELECT last_value FROM runs") == [["4"]])
        }
    }

    @Test("A task that is cancelled already sends nothing") func cancelledBefore() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(Self.single)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await postgresError { () async throws(PostgresError) in
                    try await pipeline.run([Command(Self.echo, [.int(1)])])
                }
            }
            #expect(await task.value?.isCancelled == true)
        }
    }

    @Test("A request past its deadline is answered, and the connection is used again when it is free")
    func deadline() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(PostgresPipeline.Limits(connections: 1, timeout: .seconds(1)))
            let before = try await pipeline.run([Command(Self.process)])[0][0].int(0)
            try await sandbox.script("SELECT pg_advisory_lock(7)")
            let error = await postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(Self.wait)])
            }
            #expect(error?.isDeadlineExceeded == true)
            try await sandbox.script("SELECT pg_advisory_unlock(7)")
            #expect(try await pipeline.run([Command(Self.process)])[0][0].int(0) == before)
        }
    }

    @Test("A connection whose server process is stuck is given up and replaced") func stuckServer() async throws {
        try await DriverSandbox.use(loop: try PostgresLoop(patience: .milliseconds(200))) { sandbox in
            let pipeline = try await sandbox.pipeline(
                PostgresPipeline.Limits(
                    connections: 1, timeout: .milliseconds(300), rules: PipelineState.Limits(patience: .seconds(10))))
            let stuck = pid_t(try await pipeline.run([Command(Self.process)])[0][0].int(0))
            #expect(kill(stuck, SIGSTOP) == 0)
            defer { kill(stuck, SIGCONT) }
            let error = await postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(Self.process)])
            }
            #expect(error?.isDeadlineExceeded == true)
            try await until {
                let rows = try? await pipeline.run([Command(Self.process)])
                return try rows.map { try $0[0][0].int(0) != stuck } ?? false
            }
        }
    }

    @Test("What a connection that is given up was doing ends on the server too") func lostWork() async throws {
        try await DriverSandbox.use(loop: try PostgresLoop(patience: .milliseconds(200))) { sandbox in
            let pipeline = try await sandbox.pipeline(
                PostgresPipeline.Limits(connections: 1, timeout: .milliseconds(300)))
            try await sandbox.script("SELECT pg_advisory_lock(7)")
            let error = await postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(Self.wait)])
            }
            #expect(error?.isDeadlineExceeded == true)
            try await until { try await sandbox.blocked() == 0 }
            try await sandbox.script("SELECT pg_advisory_unlock(7)")
            try await until { (try? await pipeline.run([Command(Self.echo, [.int(1)])])) != nil }
        }
    }

    @Test("A connection that goes on answering is kept, however long its last group has waited behind others")
    func slowButAlive() async throws {
        let slow = Statement("slow_read", "SELECT pg_sleep(0.8)")
        try await DriverSandbox.use(loop: try PostgresLoop(patience: .milliseconds(1))) { sandbox in
            let pipeline = try await sandbox.pipeline(PostgresPipeline.Limits(connections: 1, timeout: .seconds(2)))
            let before = try await pipeline.run([Command(Self.process)])[0][0].int(0)
            // Four are on the wire at once: the last one's answer comes after 3.2 s.
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try? await pipeline.run([Command(slow)]) } }
            }
            try await until { pipeline.counts.unanswered == 0 }
            #expect(try await pipeline.run([Command(Self.process)])[0][0].int(0) == before)
        }
    }

    @Test("Past the bound of those that wait a request fails at once, and one past its deadline then")
    func bounded() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(
                PostgresPipeline.Limits(
                    connections: 1, timeout: .seconds(1), rules: PipelineState.Limits(window: 1, waiting: 1)))
            try await sandbox.script("SELECT pg_advisory_lock(7)")
            let echo = { () async -> PostgresError? in
                await postgresError { () async throws(PostgresError) in
                    try await pipeline.run([Command(Self.echo, [.int(1)])])
                }
            }
            async let first = postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(Self.wait)])
            }
            try await until { try await sandbox.blocked() == 1 }
            async let second = echo()
            try await until { pipeline.counts.waiting == 1 }
            #expect(await echo()?.isPoolExhausted == true)
            #expect(await second?.isPoolExhausted == true)
            #expect(await first?.isDeadlineExceeded == true)
            #expect(pipeline.counts == (waiting: 0, unanswered: 1))
            try await sandbox.script("SELECT pg_advisory_unlock(7)")
            try await until { await echo() == nil }
        }
    }

    @Test("A statement that meets a lock makes room for those behind it, and is answered when the lock is free")
    func locked() async throws {
        let read = Statement("read_locked", "SELECT n FROM locked")
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE TABLE locked AS SELECT 5::bigint AS n")
            let pipeline = try await sandbox.pipeline(
                PostgresPipeline.Limits(connections: 1, timeout: .seconds(30)), settings: [("lock_timeout", "50")])
            try await sandbox.script("BEGIN; LOCK TABLE locked")
            let scope = [Command(Self.setTenant, [.text("a")])]
            let readers = (0..<3).map { _ in
                Task { try await pipeline.run([Command(read)], scope: scope)[0][0].int(0) }
            }
            // They meet it again and again, each time while the statement is prepared.
            for _ in 0..<3 {
                try await until { try await sandbox.blocked() == 1 }
                try await until { try await sandbox.blocked() == 0 }
            }
            for number in Int64(0)..<9 {
                #expect(try await pipeline.run([Command(Self.echo, [.int(number)])])[0][0].int(0) == number)
            }
            try await sandbox.script("COMMIT")
            for reader in readers { #expect(try await reader.value == 5) }
        }
    }

    @Test("Closing answers what is in flight and refuses what comes later") func closing() async throws {
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline(Self.single)
            try await sandbox.script("SELECT pg_advisory_lock(7)")
            async let last = pipeline.run([Command(Self.wait), Command(Self.echo, [.int(9)])])
            try await until { try await sandbox.blocked() == 1 }
            pipeline.close()
            sandbox.loop.submit(.stop)
            let error = await postgresError { () async throws(PostgresError) in
                try await pipeline.run([Command(Self.echo, [.int(1)])])
            }
            #expect(error?.isClosed == true)
            try await sandbox.script("SELECT pg_advisory_unlock(7)")
            #expect(try await last[1][0].int(0) == 9)
        }
    }
}
