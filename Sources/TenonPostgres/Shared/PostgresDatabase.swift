public import TenonDomain
internal import TenonKit

/// How much of the server the service uses.
public struct PostgresLimits: Sendable {
    /// Connections that single statements share, 1 to 4.
    public var pipelineConnections: Int
    /// Most connections for transactions; one tenant has half of them at most.
    public var leases: Int
    /// How long a statement may take.
    public var statementTimeout: Duration
    /// How many databases of single tenants are kept open.
    public var tenantDatabases: Int
    /// Most connections for transactions to each of those; single statements share one more.
    public var tenantLeases: Int

    public init(
        pipelineConnections: Int = 2, leases: Int = 16, statementTimeout: Duration = .seconds(5),
        tenantDatabases: Int = 64, tenantLeases: Int = 4
    ) {
        self.pipelineConnections = pipelineConnections
        self.leases = leases
        self.statementTimeout = statementTimeout
        self.tenantDatabases = tenantDatabases
        self.tenantLeases = tenantLeases
    }
}

/// The connections of the service to a migrated database, which tenants share, and through `router` to those that
/// single tenants have of their own. Requests run as `tenon_service`, the relay as `tenon_relay`.
public final class PostgresDatabase: Sendable {
    let connections: PostgresConnections
    let router: PostgresRouter
    let notifications: Notifications
    let namespaceTurns = NamespaceTurns()
    /// Where records of the audit log wait for their places in chains. Each process tells of its own commits.
    let unlinked: WaitingDatabases
    let configuration: PostgresConfiguration
    /// Who logged in, whatever role the sessions have.
    let login: String
    private let loop: PostgresLoop

    private init(
        _ configuration: PostgresConfiguration, login: String, hasRoles: Bool, _ limits: PostgresLimits
    ) throws(PostgresError) {
        self.configuration = configuration
        self.login = login
        loop = try PostgresLoop()
        notifications = try Notifications(configuration)
        let wireIDs = WireIDs()
        connections = PostgresConnections(
            configuration, hasRoles: hasRoles,
            PostgresConnections.Sizes(
                pipeline: limits.pipelineConnections, writes: limits.pipelineConnections, minimum: 1,
                leases: limits.leases, share: max(1, limits.leases / 2), relayLeases: 2, polls: 2),
            timeout: limits.statementTimeout, loop: loop, wireIDs: wireIDs)
        router = PostgresRouter(
            shared: connections, configuration, hasRoles: hasRoles, limits, loop: loop, wireIDs: wireIDs)
        unlinked = WaitingDatabases(router)
    }

    /// Connects. `serviceUnavailable` where the server does not answer; `schemaOutdated` where the database is not
    /// migrated; `databaseUnsuitable` where its encoding or its sessions are not what they must be.
    public static func open(
        _ configuration: PostgresConfiguration, limits: PostgresLimits = PostgresLimits()
    ) async throws(Failure) -> PostgresDatabase {
        do throws(PostgresError) {
            let script = try await PostgresScript.open(configuration)
            let answer = try await script.run("SELECT tenon.has_roles(), session_user").first
            let database = try PostgresDatabase(
                configuration, login: answer?[1] ?? "", hasRoles: answer?[0] == "t", limits)
            do throws(PostgresError) {
                try await database.connections.open()
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
        while !Task.isCancelled, !connections.leases.isClosed {
            connections.tick()
            router.tick()
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Ends every connection. What is in flight is lost, so requests are drained before.
    public func close() {
        notifications.stop()
        router.close()
        connections.close()
        loop.submit(.stop)
    }

    var pipeline: PostgresPipeline { connections.pipeline }
    var leases: PostgresPool { connections.leases }
    var relayLeases: PostgresPool { connections.relayLeases }
    var polls: PostgresPool { connections.polls }
    var timeout: Duration { connections.timeout }

    /// Single statements of a tenant in the shared database, each a transaction of its own.
    package func reads(in tenant: TenantID) -> any StatementRunner {
        connections.reads(in: tenant)
    }

    /// Single statements that name no tenant: the directory's functions and the installation's own tables.
    package var unscopedReads: any StatementRunner { connections.unscopedReads }

    /// The same for statements that change something in the shared database, each a durable transaction of its own.
    func writes(in tenant: TenantID) -> any StatementRunner {
        connections.writes(in: tenant)
    }

    /// Those that name no tenant.
    var unscopedWrites: any StatementRunner { connections.unscopedWrites }
}

/// Sets the tenant and the time limit of a transaction; both end with it.
package enum Scope {
    private static let statement = Statement(
        "set_scope", "SELECT set_config('tenon.tenant_id', $1, true), set_config('statement_timeout', $2, true)")

    static func command(_ tenant: TenantID, _ timeout: Duration) -> Command {
        Command(statement, [.text(uuidText(tenant)), .text(String(timeout.milliseconds))])
    }

    private static let write = Statement(
        "begin_write", "SELECT begin_write($1)", isRepeatable: false)

    /// To follow the scope in a transaction that writes the tenant's rows. Fails while the tenant is restored.
    static func writing(_ tenant: TenantID) -> Command {
        Command(write, [.id(tenant)])
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

    /// The words of an id that such a text says; nil for another text.
    static func id(uuidText text: String) -> (high: UInt64, low: UInt64)? {
        let digits = text.filter { $0 != "-" }
        guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
            let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        return (high, low)
    }
}
