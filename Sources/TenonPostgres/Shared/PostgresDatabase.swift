public import TenonDomain

/// How much of the server the service uses.
public struct PostgresLimits: Sendable {
    /// Connections that single statements share, 1 to 4.
    public var pipelineConnections: Int
    /// Most connections for transactions.
    public var leases: Int
    /// How long a statement may take.
    public var statementTimeout: Duration

    public init(pipelineConnections: Int = 2, leases: Int = 16, statementTimeout: Duration = .seconds(5)) {
        self.pipelineConnections = pipelineConnections
        self.leases = leases
        self.statementTimeout = statementTimeout
    }
}

/// The connections of the service to a migrated database: requests run as `tenon_service`, the relay as
/// `tenon_relay`.
public final class PostgresDatabase: Sendable {
    let pipeline: PostgresPipeline
    let leases: PostgresPool
    let relayLeases: PostgresPool
    let timeout: Duration
    private let loop: PostgresLoop
    let notifications: Notifications

    private init(_ configuration: PostgresConfiguration, hasRoles: Bool, _ limits: PostgresLimits) {
        func session(_ role: String, _ withoutRoles: [(String, String)] = []) -> PostgresConfiguration {
            configuration.settings(
                [("search_path", "tenon")] + (hasRoles ? [("role", role)] : withoutRoles))
        }
        loop = PostgresLoop()
        let wireIDs = WireIDs()
        timeout = limits.statementTimeout
        let service = session("tenon_service")
        pipeline = PostgresPipeline(
            service, loop: loop, wireIDs: wireIDs,
            limits: PostgresPipeline.Limits(
                connections: limits.pipelineConnections, timeout: limits.statementTimeout + .seconds(1)))
        leases = PostgresPool(
            service, loop: loop, wireIDs: wireIDs, limits: PoolState.Limits(maximum: limits.leases))
        relayLeases = PostgresPool(
            session("tenon_relay", [("tenon.across_tenants", "on")]), loop: loop, wireIDs: wireIDs,
            limits: PoolState.Limits(minimum: 0, maximum: 2))
        notifications = Notifications(configuration)
    }

    /// Connects. `serviceUnavailable` where the server does not answer; `schemaOutdated` where the database is not
    /// migrated.
    public static func open(
        _ configuration: PostgresConfiguration, limits: PostgresLimits = PostgresLimits()
    ) async throws(Failure) -> PostgresDatabase {
        do throws(PostgresError) {
            let login = try await PostgresScript.open(configuration)
            let hasRoles = try await login.run("SELECT tenon.has_roles()").first?.first == "t"
            let database = PostgresDatabase(configuration, hasRoles: hasRoles, limits)
            do throws(PostgresError) {
                try await database.pipeline.open()
            } catch {
                database.close()
                throw error
            }
            return database
        } catch {
            // 3F000: no schema `tenon`; 42883: no such function.
            if error.sqlState == "3F000" || error.sqlState == "42883" { throw Migrator.outdated }
            throw error.failure
        }
    }

    /// Keeps time for the pools until the task is cancelled or the database closed.
    public func run() async {
        async let relay: Void = relayLeases.keepTime()
        await leases.keepTime()
        await relay
    }

    /// Ends every connection. What is in flight is lost, so requests are drained before.
    public func close() {
        notifications.stop()
        pipeline.close()
        leases.close()
        relayLeases.close()
        loop.submit(.stop)
    }

    /// Single statements of a tenant, each a transaction of its own.
    package func reads(in tenant: TenantID) -> any StatementRunner {
        PipelineRunner(pipeline: pipeline, scope: [Scope.command(tenant, timeout)])
    }

    /// Single statements that name no tenant: the directory's functions and the installation's own tables.
    package var unscopedReads: any StatementRunner {
        PipelineRunner(pipeline: pipeline, scope: [])
    }

    /// One element when events were committed somewhere, or may have been.
    func outboxHints() -> AsyncStream<Void> {
        let events = notifications.events()
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                for await event in events {
                    if case .notification(let channel, _) = event, channel != Notifications.outbox { continue }
                    continuation.yield()
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

/// Runs each command as its own implicit transaction on the shared pipeline.
private struct PipelineRunner: StatementRunner {
    let pipeline: PostgresPipeline
    let scope: [Command]

    func run(_ commands: [Command]) async throws(PostgresError) -> [PostgresRows] {
        try await pipeline.run(commands, scope: scope)
    }
}

/// Sets the tenant and the time limit of a transaction; both end with it.
package enum Scope {
    private static let statement = Statement(
        "set_scope", "SELECT set_config('tenon.tenant_id', $1, true), set_config('statement_timeout', $2, true)")

    static func command(_ tenant: TenantID, _ timeout: Duration) -> Command {
        Command(statement, [.text(uuidText(tenant)), .text(String(timeout.milliseconds))])
    }

    /// 8-4-4-4-12 hexadecimal digits.
    package static func uuidText<Entity>(_ id: Identifier<Entity>) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var at = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    buffer[at] = UInt8(ascii: "-")
                    at += 1
                }
                let word = nibble < 16 ? id.high : id.low
                let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble % 16))) & 15
                buffer[at] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                at += 1
            }
            return 36
        }
    }
}
