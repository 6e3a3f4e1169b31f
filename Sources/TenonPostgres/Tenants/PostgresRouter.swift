internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// Finds the database that holds a tenant's rows, and keeps the connections to those that tenants have of their own:
/// few to each, opened at the first use, closed when they rest or when too many others are used.
final class PostgresRouter: Sendable {
    private struct Opened: Sendable {
        let connections: PostgresConnections
        /// Why the connections could not be opened.
        let problem: Task<PostgresError?, Never>
    }

    private struct State: ~Copyable {
        var routes = TenantRoutes()
        var open: LeastRecentlyUsed<TenantID, Opened>
    }

    private static let idleTime = Duration.seconds(60)

    private let shared: PostgresConnections
    private let configuration: PostgresConfiguration
    private let hasRoles: Bool
    private let limits: PostgresLimits
    private let loop: PostgresLoop
    private let wireIDs: WireIDs
    private let state: Mutex<State>

    init(
        shared: PostgresConnections, _ configuration: PostgresConfiguration, hasRoles: Bool, _ limits: PostgresLimits,
        loop: PostgresLoop, wireIDs: WireIDs
    ) {
        self.shared = shared
        self.configuration = configuration
        self.hasRoles = hasRoles
        self.limits = limits
        self.loop = loop
        self.wireIDs = wireIDs
        state = Mutex(
            State(open: LeastRecentlyUsed(capacity: max(1, limits.tenantDatabases), idleTime: Self.idleTime)))
    }

    // MARK: - Requests

    /// Single statements of a tenant, wherever its rows stand.
    func reads(in tenant: TenantID) -> any StatementRunner {
        isKnownShared(tenant) ? shared.reads(in: tenant) : RoutedReads(router: self, tenant: tenant)
    }

    /// Lends the connections to where the tenant's rows stand. `refusal` makes an error of what is in the way:
    /// `tenantDatabaseUnavailable` or `schemaOutdated`, for this tenant alone.
    func use<Value, E: Error>(
        _ tenant: TenantID, refusal: (PostgresError) -> E,
        _ body: (PostgresConnections, _ isShared: Bool) async throws(E) -> Value
    ) async throws(E) -> Value {
        let database: TenantDatabase?
        do throws(PostgresError) {
            database = try await self.database(of: tenant)
        } catch {
            throw refusal(error)
        }
        guard let database else { return try await body(shared, true) }
        let (opened, ticket) = state.withLock { state in
            state.open.take(tenant, at: .now) { open(database) }
        }
        defer { close(state.withLock { $0.open.giveBack(ticket, at: .now) }) }
        let problem = await opened.problem.value
        if problem != nil { close(state.withLock { $0.open.retire(ticket) }) }
        // When a database stops answering nobody waits for it: it is connected to again in the background.
        guard problem == nil, opened.connections.pipeline.connections > 0 else {
            throw refusal(.refused(Self.unavailable(problem)))
        }
        do {
            return try await body(opened.connections, false)
        } catch {
            let cause = error as? PostgresError ?? (error as? Failure)?.cause as? PostgresError
            guard let cause, cause.isUnprovisioned else { throw error }
            throw refusal(.refused(Self.unavailable(cause)))
        }
    }

    /// Whether the tenant's rows stand in the shared database. Fails where they stand in one that cannot be used now.
    func isShared(_ tenant: TenantID) async throws(Failure) -> Bool {
        do throws(PostgresError) {
            return try await database(of: tenant) == nil
        } catch {
            throw error.failure
        }
    }

    private func isKnownShared(_ tenant: TenantID) -> Bool {
        tenant == .platform || state.withLock { $0.routes.isShared(tenant) }
    }

    /// The database of the tenant's own, which may be used; nil for the shared one.
    private func database(of tenant: TenantID) async throws(PostgresError) -> TenantDatabase? {
        guard tenant != .platform else { return nil }
        switch state.withLock({ $0.routes.route(of: tenant, at: .now) }) {
        case .shared: return nil
        case .own(let database): return try usable(database)
        case nil: break
        }
        let database: TenantDatabase?
        do throws(Failure) {
            database = try await PostgresTenantDatabases(runner: shared.reads(in: tenant), tenant: tenant).database()
        } catch {
            throw .refused(error)
        }
        guard let database else {
            state.withLock { $0.routes.learn(.shared, of: tenant, at: .now) }
            return nil
        }
        // One that is on its way is asked for again at once.
        let usable = try usable(database)
        state.withLock { $0.routes.learn(.own(usable), of: tenant, at: .now) }
        return usable
    }

    private func usable(_ database: TenantDatabase) throws(PostgresError) -> TenantDatabase {
        do throws(Failure) {
            try database.requireUsable(schemaVersion: Migrator.newestVersion)
        } catch {
            throw .refused(error)
        }
        return database
    }

    private func open(_ database: TenantDatabase) -> Opened {
        let connections = PostgresConnections(
            configuration.database(database.name), hasRoles: hasRoles,
            PostgresConnections.Sizes(
                pipeline: 1, minimum: 0, leases: limits.tenantLeases, relayLeases: 1, idleTime: .seconds(15)),
            timeout: limits.statementTimeout, loop: loop, wireIDs: wireIDs)
        return Opened(
            connections: connections,
            problem: Task {
                do throws(PostgresError) {
                    try await connections.open()
                    return nil
                } catch {
                    return error
                }
            })
    }

    private func close(_ gone: [Opened]) {
        for opened in gone { opened.connections.close() }
    }

    private static func unavailable(_ cause: PostgresError?) -> Failure {
        Failure(
            .tenantDatabaseUnavailable, "This tenant's database does not answer now.", retryAfter: .seconds(1),
            cause: cause)
    }

    // MARK: - Work for all tenants

    /// The tenants that have a database of their own in use.
    func tenants() async throws(Failure) -> [TenantID] {
        try await shared.polls.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.rows(PostgresTenantDatabases.selectRouted, [])
                .all("tenant_id")
        }
    }

    /// Whether connections to the tenant's own database are kept now.
    func isOpen(_ tenant: TenantID) -> Bool {
        state.withLock { $0.open.resource(of: tenant) != nil }
    }

    /// Lends a lease of the relay's role in the tenant's own database: one of those that are kept open or, where none
    /// is, one for this time alone, so that rounds over all tenants push nobody's connections out.
    func visit<Value>(
        _ tenant: TenantID, _ body: (PostgresLease) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if isOpen(tenant) {
            return try await use(tenant, refusal: \.failure) { connections, _ throws(Failure) in
                try await connections.relayLeases.withLease(refusal: \.failure, body)
            }
        }
        let wire: PostgresWire?
        do throws(PostgresError) {
            wire = try await connect(to: tenant)
        } catch {
            throw error.failure
        }
        guard let wire else { return try await shared.relayLeases.withLease(refusal: \.failure, body) }
        let id = wireIDs.next()
        loop.submit(.attach(id, wire))
        defer { loop.submit(.detach(id)) }
        return try await body(PostgresLease(id, PostgresLease.Handle(wire), loop: loop))
    }

    /// A connection of the relay's role; nil for a tenant of the shared database.
    private func connect(to tenant: TenantID) async throws(PostgresError) -> PostgresWire? {
        guard let database = try await database(of: tenant) else { return nil }
        let relay = PostgresConnections.relay(configuration.database(database.name), hasRoles: hasRoles)
        return try PostgresWire(try await DedicatedThread.connect(relay).take())
    }

    // MARK: - Life

    /// Time passes.
    func tick() {
        let now = ContinuousClock.now
        let (rested, open) = state.withLock { state in (state.open.expire(at: now), state.open.resources) }
        close(rested)
        for opened in open { opened.connections.tick() }
    }

    /// Ends every connection.
    func close() {
        close(state.withLock { $0.open.removeAll() })
    }
}

extension PostgresError {
    /// The database lacks what migrations give it: a privilege of our roles, the schema, a table or a function. Of a
    /// single tenant's database that is its operator's doing.
    fileprivate var isUnprovisioned: Bool {
        ["42501", "3F000", "42P01", "42883"].contains(sqlState)
    }
}

/// Single statements of a tenant whose place is looked up first.
private struct RoutedReads: StatementRunner {
    let router: PostgresRouter
    let tenant: TenantID

    func run(_ commands: [Command]) async throws(PostgresError) -> [PostgresRows] {
        try await router.use(tenant, refusal: \.self) { connections, _ throws(PostgresError) in
            try await connections.reads(in: tenant).run(commands)
        }
    }
}
