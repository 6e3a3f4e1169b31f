internal import TenonDomain
internal import TenonKit

/// The connections to one database: pipelines and leases as `tenon_service`, and a few leases as `tenon_relay`.
final class PostgresConnections: Sendable {
    let pipeline: PostgresPipeline
    /// For single statements that wait for the disk, so that no read waits behind one.
    let writes: PostgresPipeline
    let leases: PostgresPool
    let relayLeases: PostgresPool
    /// As `tenon_relay` too, for what is asked once a second and must not wait for a job.
    let polls: PostgresPool
    let timeout: Duration
    private let retirement = Retirement()

    /// How many leases there are of each kind.
    struct Sizes: Sendable {
        var pipeline: Int
        /// 0 where reads and writes share one.
        var writes = 0
        var minimum: Int
        var leases: Int
        /// The most of them for one tenant.
        var share = Int.max
        var relayLeases: Int
        var polls = 0
        var idleTime = Duration.seconds(60)
    }

    /// How long a statement of a shared pipeline waits for a lock before it makes room for those behind it.
    private static let lockTimeout = Duration.milliseconds(100)
    /// How long a statement of the relay may take where its transaction says nothing else.
    private static let relayTimeout = Duration.seconds(10)
    /// A connection that is younger than this is not retired: it may be how the server is now.
    private static let trialTime = Duration.seconds(1)

    /// Connects to nothing yet. The loop is shared, and outlives it.
    init(
        _ configuration: PostgresConfiguration, hasRoles: Bool, _ sizes: Sizes, timeout: Duration, loop: PostgresLoop,
        wireIDs: WireIDs
    ) {
        self.timeout = timeout
        let service = Self.session(configuration, "tenon_service", hasRoles: hasRoles, timeout)
        let single = service.settings([("lock_timeout", String(Self.lockTimeout.milliseconds))])
        let pipelines = [sizes.pipeline, sizes.writes].filter { $0 > 0 }.enumerated().map {
            [retirement] place, connections in
            var limits = PostgresPipeline.Limits(connections: connections, timeout: timeout + .seconds(1))
            // Reads do not wait for the disk: those that take this long are pages, which must not queue up before others'.
            if place == 0 { limits.rules.slow = .milliseconds(3) }
            return PostgresPipeline(single, loop: loop, wireIDs: wireIDs, limits: limits, retirement: retirement)
        }
        pipeline = pipelines[0]
        writes = pipelines[pipelines.count - 1]
        leases = PostgresPool(
            service, loop: loop, wireIDs: wireIDs,
            limits: PostgresPool.Limits(
                minimum: sizes.minimum, maximum: sizes.leases, share: sizes.share, idleTime: sizes.idleTime),
            retirement: retirement)
        relayLeases = PostgresPool(
            Self.relay(configuration, hasRoles: hasRoles), loop: loop, wireIDs: wireIDs,
            limits: PostgresPool.Limits(minimum: 0, maximum: sizes.relayLeases, idleTime: sizes.idleTime),
            retirement: retirement)
        polls = PostgresPool(
            Self.relay(configuration, hasRoles: hasRoles), loop: loop, wireIDs: wireIDs,
            limits: PostgresPool.Limits(minimum: 0, maximum: sizes.polls, idleTime: sizes.idleTime),
            patience: .seconds(2),
            retirement: retirement)
    }

    /// How `tenon_relay` logs in, who sees all tenants in a few columns.
    static func relay(_ configuration: PostgresConfiguration, hasRoles: Bool) -> PostgresConfiguration {
        session(
            configuration, "tenon_relay", [("tenon.across_tenants", "on")], hasRoles: hasRoles, Self.relayTimeout)
    }

    /// Every list has an index in its order. Without statistics the planner takes a tenant for a few rows, and would rather
    /// read all that follow a page and sort them, for each page. Its estimates are then too high for `jit`.
    private static let planning = [("enable_sort", "off"), ("enable_bitmapscan", "off"), ("jit", "off")]

    private static func session(
        _ configuration: PostgresConfiguration, _ role: String, _ withoutRoles: [(String, String)] = [],
        hasRoles: Bool, _ timeout: Duration
    ) -> PostgresConfiguration {
        configuration.settings([("statement_timeout", String(timeout.milliseconds))] + planning)
            .requiring([("search_path", "tenon")] + (hasRoles ? [("role", role)] : withoutRoles))
    }

    /// Fails where the server cannot be reached now, or the database is not there.
    func open() async throws(PostgresError) {
        do throws(PostgresError) {
            try await pipeline.open()
            if writes !== pipeline { try await writes.open() }
        } catch {
            close()
            throw error
        }
    }

    /// Single statements of a tenant, each a transaction of its own.
    func reads(in tenant: TenantID) -> any StatementRunner {
        PipelineRunner(pipeline, in: tenant, timeout)
    }

    /// The same for statements that change something, each a durable transaction of its own.
    func writes(in tenant: TenantID) -> any StatementRunner {
        PipelineRunner(writes, in: tenant, timeout)
    }

    /// Single statements that name no tenant.
    var unscopedReads: any StatementRunner {
        PipelineRunner(pipeline)
    }

    /// Those that change something.
    var unscopedWrites: any StatementRunner { PipelineRunner(writes) }

    /// Time passes for the pools.
    func tick() {
        if retirement.take() {
            for pipeline in [pipeline, writes] { pipeline.retire(olderThan: Self.trialTime) }
            for pool in [leases, relayLeases, polls] { pool.retire(olderThan: Self.trialTime) }
        }
        leases.tick()
        relayLeases.tick()
        polls.tick()
    }

    /// Takes no new work; work in progress is finished.
    func close() {
        pipeline.close()
        writes.close()
        leases.close()
        relayLeases.close()
        polls.close()
    }
}

/// Runs each command as its own implicit transaction on a pipeline.
struct PipelineRunner: StatementRunner {
    private let pipeline: PostgresPipeline
    private let scope: [Command]
    private let line: PipelineLine?

    init(_ pipeline: PostgresPipeline) {
        self.pipeline = pipeline
        scope = []
        line = nil
    }

    init(_ pipeline: PostgresPipeline, in tenant: TenantID, _ timeout: Duration) {
        self.pipeline = pipeline
        scope = [Scope.command(tenant, timeout)]
        line = .tenant(high: tenant.high, low: tenant.low)
    }

    func run(_ commands: [Command]) async throws(PostgresError) -> [PostgresRows] {
        try await pipeline.run(commands, scope: scope, line: line)
    }
}
