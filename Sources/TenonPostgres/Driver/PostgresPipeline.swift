internal import CLibPQ
internal import Synchronization
internal import TenonDomain

/// One to four connections that all single statements share: many requests of many tenants are in flight on each,
/// every one closed by its own Sync.
final class PostgresPipeline: Sendable {
    struct Limits: Sendable {
        /// 1 to 4.
        var connections = 2
        /// Requests in flight over all connections; past it a request fails at once.
        var inFlight = 4096
        /// How long a request waits for its answer.
        var timeout = Duration.seconds(5)
        /// How long requests wait for a connection when none is up; after that they fail at once.
        var patience = Duration.seconds(1)
    }

    private struct State: ~Copyable {
        /// The connections that are up.
        var up: [PostgresLoop.WireID] = []
        /// A connection that the loop has and nobody uses yet; gone again when it is lost meanwhile.
        var coming: Set<PostgresLoop.WireID> = []
        var next = 0
        /// Requests that came while no connection was up.
        var parked: [PostgresGroup] = []
        /// Since when no connection has been up; nil while one is.
        var downSince: ContinuousClock.Instant?
        var isClosed = false
    }

    private let configuration: PostgresConfiguration
    private let loop: PostgresLoop
    private let wireIDs: WireIDs
    private let limits: Limits
    private let state = Mutex(State())
    private let inFlight = Atomic<Int>(0)

    init(_ configuration: PostgresConfiguration, loop: PostgresLoop, wireIDs: WireIDs, limits: Limits) {
        self.configuration = configuration
        self.loop = loop
        self.wireIDs = wireIDs
        self.limits = limits
    }

    /// Connects. Fails where the server cannot be reached now; later losses are mended by the pipeline itself.
    func open() async throws(PostgresError) {
        for _ in 0..<min(4, max(1, limits.connections)) { try await connect() }
    }

    /// Runs the commands as one group; the scope's commands go before them and their results are dropped. When the
    /// connection breaks, a group of repeatable statements is sent again, by default what `Statement` says of them.
    ///
    /// Fails with the first error of the server, `connectionLost`, `deadlineExceeded`, `cancelled`, `poolExhausted`
    /// or `closed`.
    func run(
        _ commands: [Command], scope: [Command] = [], isRepeatable: Bool? = nil
    ) async throws(PostgresError) -> [PostgresRows] {
        guard inFlight.add(1, ordering: .relaxed).newValue <= limits.inFlight else {
            inFlight.subtract(1, ordering: .relaxed)
            throw .poolExhausted
        }
        defer { inFlight.subtract(1, ordering: .relaxed) }
        let all = scope + commands
        let deadline = ContinuousClock.now + limits.timeout
        var attempt = 0
        while true {
            do throws(PostgresError) {
                return try await PostgresGroup(all, discarding: scope.count, deadline: deadline).run { submit($0) }
            } catch {
                // A restarting server breaks the connections one after the other.
                attempt += 1
                guard attempt <= limits.connections, Self.canRepeat(error, commands, isRepeatable) else { throw error }
            }
        }
    }

    private static func canRepeat(_ error: PostgresError, _ commands: [Command], _ isRepeatable: Bool?) -> Bool {
        switch error {
        // The group was one transaction, which is undone.
        case .server: error.isStalePlan
        case .connectionLost: isRepeatable ?? commands.allSatisfy(\.statement.isRepeatable)
        default: false
        }
    }

    /// Sends the group on the next connection that is up. Where none is, it waits for one, for a while.
    private func submit(_ group: PostgresGroup) {
        enum Way {
            case send(PostgresLoop.WireID)
            case park(isFirst: Bool)
            case refuse(PostgresError)
        }
        let way: Way = state.withLock { state in
            guard !state.isClosed else { return .refuse(.closed) }
            if !state.up.isEmpty {
                state.next = (state.next + 1) % state.up.count
                return .send(state.up[state.next])
            }
            if let since = state.downSince, ContinuousClock.now - since > limits.patience {
                return .refuse(.connectionLost("no connection is up"))
            }
            state.parked.append(group)
            return .park(isFirst: state.parked.count == 1)
        }
        switch way {
        case .send(let wire): loop.submit(.send(wire, group))
        case .park(let isFirst): if isFirst { refuseParkedLater() }
        case .refuse(let error): group.finish(.failure(error))
        }
    }

    private func refuseParkedLater() {
        Task { [weak self, patience = limits.patience] in
            try? await Task.sleep(for: patience)
            self?.refuseParked(.connectionLost("no connection is up"))
        }
    }

    private func refuseParked(_ error: PostgresError) {
        for group in takeParked() { group.finish(.failure(error)) }
    }

    private func takeParked() -> [PostgresGroup] {
        state.withLock { state in
            defer { state.parked = [] }
            return state.parked
        }
    }

    private func connect() async throws(PostgresError) {
        let connection = try await DedicatedThread.connect(configuration)
        let wire = try PostgresWire(connection.take())
        let id = wireIDs.next()
        state.withLock { _ = $0.coming.insert(id) }
        // Attached before anybody sends on it: the loop takes its jobs in order.
        loop.submit(.attach(id, wire, onLost: { [weak self] _ in self?.lost(id) }))
        let isKept = state.withLock { state in
            guard state.coming.remove(id) != nil, !state.isClosed else { return false }
            state.up.append(id)
            state.downSince = nil
            return true
        }
        guard isKept else { return loop.submit(.detach(id)) }
        for group in takeParked() { loop.submit(.send(id, group)) }
    }

    private func lost(_ id: PostgresLoop.WireID) {
        let mustReconnect = state.withLock { state in
            state.up.removeAll { $0 == id }
            state.coming.remove(id)
            if state.up.isEmpty, state.downSince == nil { state.downSince = .now }
            return !state.isClosed
        }
        guard mustReconnect else { return }
        Task { [weak self] in
            var backoff = Backoff()
            while let self, !self.isClosed {
                do throws(PostgresError) {
                    return try await self.connect()
                } catch {
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    /// How many connections are up.
    var connections: Int { state.withLock { $0.up.count } }

    /// Takes no more requests. What is in flight is answered; then the connections are closed.
    func close() {
        let wires = state.withLock { state in
            state.isClosed = true
            defer { state.up = [] }
            return state.up
        }
        refuseParked(.closed)
        for wire in wires { loop.submit(.detach(wire)) }
    }
}

/// Numbers for the connections of a loop.
final class WireIDs: Sendable {
    private let last = Atomic<Int>(0)

    func next() -> PostgresLoop.WireID { last.add(1, ordering: .relaxed).newValue }
}
