internal import CLibPQ
internal import Synchronization
internal import TenonDomain

/// Connections to be had for a while, for transactions with logic. The rules are `PoolState`'s; here is the I/O.
final class PostgresPool: Sendable {
    typealias Grant = Result<PostgresLease, PostgresError>

    private struct State: ~Copyable {
        var rules: PoolState
        var waiters: [PoolState.Waiter: UnsafeContinuation<Grant, Never>] = [:]
        /// Cancelled before they could wait.
        var cancelled: Set<PoolState.Waiter> = []
        var cancellers: [PoolState.Connection: PostgresCanceller] = [:]
        var lastWaiter = 0
    }

    private let configuration: PostgresConfiguration
    private let loop: PostgresLoop
    private let wireIDs: WireIDs
    private let state: Mutex<State>
    /// How long `lease` waits.
    private let patience: Duration

    init(
        _ configuration: PostgresConfiguration, loop: PostgresLoop, wireIDs: WireIDs, limits: PoolState.Limits,
        patience: Duration = .seconds(5)
    ) {
        self.configuration = configuration
        self.loop = loop
        self.wireIDs = wireIDs
        self.patience = patience
        state = Mutex(State(rules: PoolState(limits)))
    }

    /// Lends a connection to the body and takes it back, whatever happens. A body that leaves a transaction open
    /// has it rolled back.
    func withLease<Value, E: Error>(
        refusal: (PostgresError) -> E, _ body: (PostgresLease) async throws(E) -> Value
    ) async throws(E) -> Value {
        let lease: PostgresLease
        do throws(PostgresError) {
            lease = try await acquire()
        } catch {
            throw refusal(error)
        }
        do {
            let value = try await body(lease)
            await giveBack(lease)
            return value
        } catch {
            await giveBack(lease)
            throw error
        }
    }

    private func acquire() async throws(PostgresError) -> PostgresLease {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let deadline = ContinuousClock.now + patience
        let grant: Grant = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(waiter) != nil { return true }
                    state.waiters[waiter] = continuation
                    return false
                }
                if isCancelled { return continuation.resume(returning: .failure(.cancelled)) }
                step { $0.acquire(waiter, deadline: deadline) }
            }
        } onCancel: {
            let isWaiting = state.withLock { state in
                if state.waiters[waiter] == nil { state.cancelled.insert(waiter) }
                return state.waiters[waiter] != nil
            }
            if isWaiting { step { $0.cancel(waiter) } }
        }
        state.withLock { _ = $0.cancelled.remove(waiter) }
        return try grant.get()
    }

    /// Not interrupted by a cancelled task: the connection must be clean before the next one has it.
    private func giveBack(_ lease: PostgresLease) async {
        var isUsable = !lease.isBroken
        if isUsable, lease.isInTransaction {
            isUsable = await Task.detached { await lease.rollBack() }.value
        }
        step { $0.release(lease.connection, isUsable: isUsable, at: .now) }
    }

    /// Lets the rules decide, then does what they say.
    private func step(_ decide: (inout PoolState) -> [PoolState.Action]) {
        var grants: [(UnsafeContinuation<Grant, Never>, Grant)] = []
        let actions = state.withLock { state in
            let actions = decide(&state.rules)
            for action in actions {
                switch action {
                case .give(let connection, let waiter):
                    guard let continuation = state.waiters.removeValue(forKey: waiter) else { continue }
                    let lease = PostgresLease(connection, loop: loop, canceller: state.cancellers[connection])
                    grants.append((continuation, .success(lease)))
                case .refuse(let waiter, let refusal):
                    guard let continuation = state.waiters.removeValue(forKey: waiter) else { continue }
                    grants.append((continuation, .failure(PostgresError(refusal))))
                case .close(let connection): state.cancellers[connection] = nil
                case .open, .openLater: break
                }
            }
            return actions
        }
        for (continuation, grant) in grants { continuation.resume(returning: grant) }
        for action in actions {
            switch action {
            case .open: Task { await open() }
            case .openLater(let delay):
                Task {
                    try? await Task.sleep(for: delay)
                    step { $0.retry() }
                }
            case .close(let connection): loop.submit(.detach(connection))
            case .give, .refuse: break
            }
        }
    }

    private func open() async {
        do throws(PostgresError) {
            let wire = try PostgresWire(try await DedicatedThread.connect(configuration).take())
            let id = wireIDs.next()
            let canceller = wire.canceller()
            state.withLock { $0.cancellers[id] = canceller }
            loop.submit(.attach(id, wire, onLost: { [weak self] _ in self?.step { $0.lost(id) } }))
            step { $0.opened(id, at: .now) }
        } catch {
            step { $0.openFailed() }
        }
    }

    /// Keeps time for the rules until the pool is closed: deadlines, idle connections, the minimum.
    func keepTime() async {
        while !Task.isCancelled, !state.withLock({ $0.rules.isClosed }) {
            step { $0.tick(at: .now) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    func close() {
        step { $0.close() }
    }

    /// For tests and health: connections, idle ones, waiters.
    var counts: (connections: Int, idle: Int, waiting: Int) {
        state.withLock { ($0.rules.connections, $0.rules.idleConnections, $0.rules.waiting) }
    }
}

extension PostgresError {
    fileprivate init(_ refusal: PoolState.Refusal) {
        switch refusal {
        case .exhausted, .deadline: self = .poolExhausted
        case .cancelled: self = .cancelled
        case .closed: self = .closed
        }
    }
}

/// A connection of one's own for a while.
final class PostgresLease: Sendable {
    let connection: PostgresLoop.WireID
    private let loop: PostgresLoop
    private let canceller: PostgresCanceller?
    private let state = Mutex((isInTransaction: false, isBroken: false))

    init(_ connection: PostgresLoop.WireID, loop: PostgresLoop, canceller: PostgresCanceller?) {
        self.connection = connection
        self.loop = loop
        self.canceller = canceller
    }

    var isInTransaction: Bool { state.withLock { $0.isInTransaction } }
    var isBroken: Bool { state.withLock { $0.isBroken } }

    static let begin = Statement("begin", "BEGIN")
    static let commit = Statement("commit", "COMMIT")
    private static let rollback = Statement("rollback", "ROLLBACK")

    /// Runs the commands in one round trip and answers the rows of each; fails with the first error. A task that is
    /// cancelled, and a deadline that passes, cancel the statement on the server.
    func run(_ commands: [Command], within timeout: Duration = .seconds(10)) async throws(PostgresError) -> [PostgresRows] {
        note(commands)
        do throws(PostgresError) {
            return try await PostgresGroup.run(
                commands, discarding: 0, within: timeout,
                submit: { [loop, connection] in loop.submit(.send(connection, $0)) },
                onCancel: { [canceller] in Self.cancelOnServer(canceller) })
        } catch {
            switch error {
            case .connectionLost, .closed: state.withLock { $0.isBroken = true }
            case .deadlineExceeded:
                Self.cancelOnServer(canceller)
                // The answer is still to come: nobody else may have this connection before it.
                state.withLock { $0.isBroken = true }
            case .cancelled: state.withLock { $0.isBroken = true }
            case .server, .poolExhausted, .undecodable: break
            }
            throw error
        }
    }

    private func note(_ commands: [Command]) {
        for command in commands {
            if command.statement.key == Self.begin.key { state.withLock { $0.isInTransaction = true } }
        }
    }

    /// A transaction that ended by its own COMMIT needs no rollback.
    func committed() {
        state.withLock { $0.isInTransaction = false }
    }

    /// Whether the connection is clean again.
    func rollBack() async -> Bool {
        do {
            _ = try await run([Command(Self.rollback)])
            state.withLock { $0.isInTransaction = false }
            return true
        } catch {
            return false
        }
    }

    private static func cancelOnServer(_ canceller: PostgresCanceller?) {
        guard let canceller else { return }
        DedicatedThread.start { canceller.cancel() }
    }
}
