internal import TenonDomain

/// The connections to one database: a pipeline and leases as `tenon_service`, and a few leases as `tenon_relay`.
final class PostgresConnections: Sendable {
    let pipeline: PostgresPipeline
    let leases: PostgresPool
    let relayLeases: PostgresPool
    /// As `tenon_relay` too, for what is asked once a second and must not wait for a job.
    let polls: PostgresPool
    let timeout: Duration

    /// How many leases there are of each kind.
    struct Sizes: Sendable {
        var pipeline: Int
        var minimum: Int
        var leases: Int
        var relayLeases: Int
        var polls = 0
        var idleTime = Duration.seconds(60)
    }

    /// Connects to nothing yet. The loop is shared, and outlives it.
    init(
        _ configuration: PostgresConfiguration, hasRoles: Bool, _ sizes: Sizes, timeout: Duration, loop: PostgresLoop,
        wireIDs: WireIDs
    ) {
        self.timeout = timeout
        let service = Self.service(configuration, hasRoles: hasRoles)
        pipeline = PostgresPipeline(
            service, loop: loop, wireIDs: wireIDs,
            limits: PostgresPipeline.Limits(connections: sizes.pipeline, timeout: timeout + .seconds(1)))
        leases = PostgresPool(
            service, loop: loop, wireIDs: wireIDs,
            limits: PoolState.Limits(minimum: sizes.minimum, maximum: sizes.leases, idleTime: sizes.idleTime))
        relayLeases = PostgresPool(
            Self.relay(configuration, hasRoles: hasRoles), loop: loop, wireIDs: wireIDs,
            limits: PoolState.Limits(minimum: 0, maximum: sizes.relayLeases, idleTime: sizes.idleTime))
        polls = PostgresPool(
            Self.relay(configuration, hasRoles: hasRoles), loop: loop, wireIDs: wireIDs,
            limits: PoolState.Limits(minimum: 0, maximum: sizes.polls, idleTime: sizes.idleTime), patience: .seconds(2))
    }

    /// How `tenon_service` logs in, who sees one tenant at a time.
    static func service(_ configuration: PostgresConfiguration, hasRoles: Bool) -> PostgresConfiguration {
        session(configuration, "tenon_service", hasRoles: hasRoles)
    }

    /// How `tenon_relay` logs in, who sees all tenants in a few columns.
    static func relay(_ configuration: PostgresConfiguration, hasRoles: Bool) -> PostgresConfiguration {
        session(configuration, "tenon_relay", [("tenon.across_tenants", "on")], hasRoles: hasRoles)
    }

    private static func session(
        _ configuration: PostgresConfiguration, _ role: String, _ withoutRoles: [(String, String)] = [], hasRoles: Bool
    ) -> PostgresConfiguration {
        configuration.settings([("search_path", "tenon")] + (hasRoles ? [("role", role)] : withoutRoles))
    }

    /// Fails where the server cannot be reached now, or the database is not there.
    func open() async throws(PostgresError) {
        do throws(PostgresError) {
            try await pipeline.open()
        } catch {
            close()
            throw error
        }
    }

    /// Single statements of a tenant, each a transaction of its own.
    func reads(in tenant: TenantID) -> any StatementRunner {
        PipelineRunner(pipeline: pipeline, scope: [Scope.command(tenant, timeout)])
    }

    /// Single statements that name no tenant.
    var unscopedReads: any StatementRunner {
        PipelineRunner(pipeline: pipeline, scope: [])
    }

    /// Time passes for the pools.
    func tick() {
        leases.tick()
        relayLeases.tick()
        polls.tick()
    }

    /// Takes no new work; work in progress is finished.
    func close() {
        pipeline.close()
        leases.close()
        relayLeases.close()
        polls.close()
    }
}

/// Runs each command as its own implicit transaction on a pipeline.
struct PipelineRunner: StatementRunner {
    let pipeline: PostgresPipeline
    let scope: [Command]

    func run(_ commands: [Command]) async throws(PostgresError) -> [PostgresRows] {
        try await pipeline.run(commands, scope: scope)
    }
}
