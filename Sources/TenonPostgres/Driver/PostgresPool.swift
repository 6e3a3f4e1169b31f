internal import CLibPQ
internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// Connections to be had for a while, for transactions with logic. The rules are `PoolState`'s; here is the I/O.
final class PostgresPool: Sendable {
    typealias Limits = Rules.Limits

    final class Waiter: Sendable, Equatable {
        typealias Grant = Result<PostgresLease, PostgresError>

        let grant = OneShot<Grant>()

        static func == (one: Waiter, other: Waiter) -> Bool { one === other }
    }

    typealias Rules = PoolState<Waiter>

    private struct State: ~Copyable {
        var rules: Rules
        var handles: [Rules.Connection: PostgresLease.Handle] = [:]
    }

    private let configuration: PostgresConfiguration
    private let loop: PostgresLoop
    private let wireIDs: WireIDs
    private let state: Mutex<State>
    /// How long an acquisition waits.
    private let patience: Duration
    private let retirement: Retirement

    /// Connects to nothing yet: the first `tick` opens the minimum, acquisitions open more.
    init(
        _ configuration: PostgresConfiguration, loop: PostgresLoop, wireIDs: WireIDs, limits: Limits,
        patience: Duration = .seconds(5), retirement: Retirement = Retirement()
    ) {
        self.retirement = retirement
        self.configuration = configuration
        self.loop = loop
        self.wireIDs = wireIDs
        self.patience = patience
        state = Mutex(State(rules: PoolState(limits)))
    }

    /// Lends a connection to the body and takes it back, whatever happens. A body that leaves a transaction open
    /// has it rolled back before this returns; one that was cut short by cancellation or a deadline soon after.
    ///
    /// `refusal` makes an error of `poolExhausted`, `cancelled`, `closed`.
    func withLease<Value, E: Error>(
        refusal: (PostgresError) -> E, _ body: (PostgresLease) async throws(E) -> Value
    ) async throws(E) -> Value {
        let lease: PostgresLease
        do throws(PostgresError) {
            lease = try await acquire(for: nil)
        } catch {
            throw refusal(error)
        }
        return try await use(lease, body)
    }

    /// The same for a tenant, which has no more than its share; its request's place is another's while it waits.
    func withLease<Value: Sendable>(
        for tenant: TenantID, as caller: Caller, _ body: (PostgresLease) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if let lease = idleLease(for: tenant) { return try await use(lease, body) }
        let lease = try await caller.waiting(for: tenant) { () async throws(Failure) in
            do throws(PostgresError) {
                return try await acquire(for: tenant)
            } catch {
                throw error.failure
            }
        }
        return try await use(lease, body)
    }

    private func use<Value, E: Error>(
        _ lease: PostgresLease, _ body: (PostgresLease) async throws(E) -> Value
    ) async throws(E) -> Value {
        do {
            let value = try await body(lease)
            await giveBack(lease)
            return value
        } catch {
            await giveBack(lease)
            throw error
        }
    }

    /// One that rests now; nil where the tenant has to wait.
    private func idleLease(for tenant: TenantID) -> PostgresLease? {
        state.withLock { state in
            guard let connection = state.rules.take(for: tenant), let handle = state.handles[connection] else {
                return nil
            }
            return PostgresLease(connection, handle, loop: loop)
        }
    }

    private func acquire(for tenant: TenantID?) async throws(PostgresError) -> PostgresLease {
        let waiter = Waiter()
        let deadline = ContinuousClock.now + patience
        return try await waiter.grant.wait(
            cancelled: .failure(.cancelled),
            start: { step { $0.rules.acquire(waiter, for: tenant, deadline: deadline) } },
            onCancel: { step { $0.rules.cancel(waiter) } }
        ).get()
    }

    /// The connection must be clean before the next one has it, which a cancelled task does not hurry.
    private func giveBack(_ lease: PostgresLease) async {
        guard !lease.isClean else { return release(lease, isUsable: true) }
        let cleaning = Task.detached { [self] in release(lease, isUsable: await lease.clean()) }
        if !lease.isCutShort { await cleaning.value }
    }

    private func release(_ lease: PostgresLease, isUsable: Bool) {
        step { $0.rules.release(lease.connection, isUsable: isUsable, at: .now) }
    }

    /// Lets the rules decide, then does what they say.
    private func step(_ decide: (inout State) -> [Rules.Action]) {
        var leases: [(Waiter, PostgresLease)] = []
        let actions = state.withLock { state in
            let actions = decide(&state)
            for action in actions {
                switch action {
                case .give(let connection, let waiter):
                    guard let handle = state.handles[connection] else {
                        preconditionFailure("The lease \(connection) has no connection")
                    }
                    leases.append((waiter, PostgresLease(connection, handle, loop: loop)))
                case .close(let connection): state.handles[connection] = nil
                case .open, .openLater, .check, .refuse: break
                }
            }
            return actions
        }
        for (waiter, lease) in leases { waiter.grant.set(.success(lease)) }
        for action in actions { perform(action) }
    }

    private func perform(_ action: Rules.Action) {
        switch action {
        case .open: Task { await open() }
        case .openLater(let delay):
            Task {
                try? await Task.sleep(for: delay)
                step { $0.rules.retry() }
            }
        case .check(let connection): Task { await check(connection) }
        case .close(let connection): loop.submit(.detach(connection))
        case .refuse(let waiter, let refusal): waiter.grant.set(.failure(PostgresError(refusal)))
        case .give: break
        }
    }

    private func open() async {
        do throws(PostgresError) {
            let wire = try PostgresWire(try await DedicatedThread.connect(configuration).take())
            let id = wireIDs.next()
            // The rules know of the connection before it can be lost, and it is attached before it can be used.
            step { state in
                state.handles[id] = PostgresLease.Handle(wire, retirement)
                loop.submit(.attach(id, wire, onLost: { [weak self] in self?.lost(id) }))
                return state.rules.opened(id, at: .now)
            }
        } catch {
            step { $0.rules.openFailed() }
        }
    }

    private func lost(_ connection: Rules.Connection) {
        step { state in
            state.handles[connection] = nil
            return state.rules.lost(connection)
        }
    }

    private static let ping = Command(Statement("tenon_lease_check", "SELECT 1"))

    private func check(_ connection: Rules.Connection) async {
        let group = PostgresGroup([Self.ping], within: .seconds(2))
        let isAlive = (try? await group.run { [loop] in loop.submit(.send(connection, $0)) }) != nil
        step { $0.rules.checked(connection, isAlive: isAlive, at: .now) }
    }

    /// Applies the rules of time: deadlines, idle connections, the minimum. To be called about ten times a second.
    func tick() {
        step { $0.rules.tick(at: .now) }
    }

    /// Replaces the connections that are as old as this, as they come back.
    func retire(olderThan age: Duration) {
        step { $0.rules.retire(olderThan: age, at: .now) }
    }

    var isClosed: Bool { state.withLock { $0.rules.isClosed } }

    /// No more leases; those that are out are closed as they come back.
    func close() {
        step { $0.rules.close() }
    }

    /// For tests and health: connections, idle ones, waiters.
    var counts: (connections: Int, idle: Int, waiting: Int) {
        state.withLock { ($0.rules.connections, $0.rules.idleConnections, $0.rules.waiting) }
    }
}

extension PostgresError {
    fileprivate init(_ refusal: PostgresPool.Rules.Refusal) {
        switch refusal {
        case .exhausted, .deadline: self = .poolExhausted
        case .cancelled: self = .cancelled
        case .closed: self = .closed
        }
    }
}
