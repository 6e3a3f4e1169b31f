import TestSupport
import Testing

@testable import TenonPostgres

@Suite("LISTEN") struct PostgresListenerTests {
    @Test("Notifications arrive with channel and payload", .timeLimit(.minutes(1))) func delivers() async throws {
        try await DriverSandbox.use { sandbox in
            let listener = try PostgresListener(sandbox.configuration, channels: ["plain", "odd \"name\""])
            defer { listener.stop() }
            var events = listener.events.makeAsyncIterator()
            #expect(await events.next() == .listening)
            try await sandbox.script("SELECT pg_notify('plain', 'one'); SELECT pg_notify('odd \"name\"', '')")
            #expect(await events.next() == .notification(channel: "plain", payload: "one"))
            #expect(await events.next() == .notification(channel: "odd \"name\"", payload: ""))
        }
    }

    @Test("A lost connection is told, and so is the one that replaces it", .timeLimit(.minutes(1)))
    func lossAndRecovery() async throws {
        try await DriverSandbox.use { sandbox in
            let listener = try PostgresListener(sandbox.configuration, channels: ["plain"])
            defer { listener.stop() }
            var events = listener.events.makeAsyncIterator()
            #expect(await events.next() == .listening)
            try await sandbox.script(
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE 'LISTEN%'
                """)
            #expect(await events.next() == .lost)
            #expect(await events.next() == .listening)
            try await sandbox.script("SELECT pg_notify('plain', 'again')")
            #expect(await events.next() == .notification(channel: "plain", payload: "again"))
        }
    }

    @Test("A stopped listener ends its events and its session", .timeLimit(.minutes(1))) func stops() async throws {
        try await DriverSandbox.use { sandbox in
            let listener = try PostgresListener(sandbox.configuration, channels: ["plain"])
            var events = listener.events.makeAsyncIterator()
            #expect(await events.next() == .listening)
            listener.stop()
            var last: PostgresListener.Event? = .listening
            while let event = await events.next() { last = event }
            #expect(last != .notification(channel: "plain", payload: ""))
            try await until {
                try await sandbox.script(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                ).isEmpty
            }
        }
    }
}
