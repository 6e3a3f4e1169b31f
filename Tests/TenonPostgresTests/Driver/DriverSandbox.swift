import TenonDomain
import TestSupport

@testable import TenonPostgres

/// A database of one test's own and the driver on it, closed when the test is over.
final class DriverSandbox: Sendable {
    let configuration: PostgresConfiguration
    let loop: PostgresLoop
    let wireIDs = WireIDs()
    /// A connection besides the driver's, to see what the server sees.
    private let observer: PostgresScript

    private init(_ configuration: PostgresConfiguration, loop: PostgresLoop) async throws {
        self.configuration = configuration
        self.loop = loop
        observer = try await PostgresScript.open(configuration)
    }

    /// On a database of the server that tests share, or on a server of the test's own.
    static func use<Value>(
        on server: PostgresServer? = nil, loop: PostgresLoop? = nil, _ body: (DriverSandbox) async throws -> Value
    ) async throws -> Value {
        let parameters = if let server { server.parameters } else { try await TestCluster.freshDatabase() }
        let loop = try loop ?? PostgresLoop()
        defer { loop.submit(.stop) }
        let sandbox = try await DriverSandbox(PostgresConfiguration(parameters: parameters), loop: loop)
        return try await body(sandbox)
    }

    /// A pipeline; its sessions have the settings.
    func pipeline(
        _ limits: PostgresPipeline.Limits = PostgresPipeline.Limits(), settings: [(String, String)] = []
    ) async throws -> PostgresPipeline {
        let configuration = configuration.settings(settings)
        let pipeline = PostgresPipeline(configuration, loop: loop, wireIDs: wireIDs, limits: limits)
        try await pipeline.open()
        return pipeline
    }

    /// A pool whose time runs while the body does.
    func withPool(
        _ limits: PostgresPool.Limits = PostgresPool.Limits(), patience: Duration = .seconds(5),
        _ body: (PostgresPool) async throws -> Void
    ) async throws {
        let pool = PostgresPool(configuration, loop: loop, wireIDs: wireIDs, limits: limits, patience: patience)
        let time = Task {
            while !Task.isCancelled {
                pool.tick()
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        defer {
            time.cancel()
            pool.close()
        }
        try await body(pool)
    }

    /// Runs SQL besides the driver, one call at a time; answers the last statement's rows.
    @discardableResult
    func script(_ sql: String, _ arguments: [String] = []) async throws -> [[String?]] {
        try await observer.run(sql, arguments)
    }

    /// Ends the sessions that run a statement with this text in it, on the server's side.
    func terminate(running text: String) async throws {
        try await until {
            let ended = try await script(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
                    AND query LIKE '%' || $1 || '%'
                """, [text])
            return !ended.isEmpty
        }
    }

    /// How many sessions wait for a lock.
    func blocked() async throws -> Int {
        try await script(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).count
    }

    /// How many sessions run a statement with this text in it.
    func running(_ text: String) async throws -> Int {
        try await script(
            """
            SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
                AND query LIKE '%' || $1 || '%'
            """, [text]
        ).count
    }
}

/// The error that the body throws; nil where it returns.
func postgresError<Value>(_ body: () async throws(PostgresError) -> Value) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

extension PostgresPool {
    func lend<Value>(_ body: (PostgresLease) async throws(PostgresError) -> Value) async throws(PostgresError) -> Value
    {
        try await withLease(refusal: { $0 }, body)
    }
}

extension PostgresError {
    var isConnectionLost: Bool { if case .connectionLost = self { true } else { false } }
    var isDeadlineExceeded: Bool { if case .deadlineExceeded = self { true } else { false } }
    var isCancelled: Bool { if case .cancelled = self { true } else { false } }
    var isPoolExhausted: Bool { if case .poolExhausted = self { true } else { false } }
    var isClosed: Bool { if case .closed = self { true } else { false } }
}
