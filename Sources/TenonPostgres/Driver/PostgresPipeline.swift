internal import CLibPQ
internal import Synchronization
internal import TenonDomain

/// One to four connections that all single statements share: many requests of many tenants are in flight on each,
/// every one closed by its own Sync.
final class PostgresPipeline: Sendable {
    struct Limits: Sendable {
        var connections = 2
        /// Requests in flight over all connections; past it a request fails at once.
        var inFlight = 4096
        var timeout = Duration.seconds(5)
        /// How long a request waits for a connection when none is up.
        var patience = Duration.seconds(1)
    }

    private struct State {
        /// The connections that are up.
        var up: [PostgresLoop.WireID] = []
        var next = 0
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
        for _ in 0..<limits.connections { try await connect() }
    }

    /// Runs the commands as one group. The scope's commands go before them and their results are dropped. Reads that
    /// a lost connection left without an answer are sent once more: pass `isRepeatable` only for such.
    func run(
        _ commands: [Command], scope: [Command] = [], isRepeatable: Bool = true
    ) async throws(PostgresError) -> [PostgresRows] {
        let all = scope + commands
        do throws(PostgresError) {
            return try await once(all, discarding: scope.count)
        } catch {
            guard isRepeatable else { throw error }
            if error.isStalePlan { return try await once(all, discarding: scope.count) }
            guard case .connectionLost = error else { throw error }
            return try await once(all, discarding: scope.count)
        }
    }

    private func once(_ commands: [Command], discarding discarded: Int) async throws(PostgresError) -> [PostgresRows] {
        let wire = try await wire()
        guard inFlight.add(1, ordering: .relaxed).newValue <= limits.inFlight else {
            inFlight.subtract(1, ordering: .relaxed)
            throw .poolExhausted
        }
        defer { inFlight.subtract(1, ordering: .relaxed) }
        return try await PostgresGroup.run(commands, discarding: discarded, within: limits.timeout) { [loop] group in
            loop.submit(.send(wire, group))
        }
    }

    /// The next connection that is up; waits for one, bounded, where none is.
    private func wire() async throws(PostgresError) -> PostgresLoop.WireID {
        if let wire = try pick() { return wire }
        let deadline = ContinuousClock.now + limits.patience
        while ContinuousClock.now < deadline {
            do {
                try await Task.sleep(for: .milliseconds(10))
            } catch {
                throw .cancelled
            }
            if let wire = try pick() { return wire }
        }
        throw .connectionLost("no connection is up")
    }

    private func pick() throws(PostgresError) -> PostgresLoop.WireID? {
        try state.withLock { state throws(PostgresError) in
            guard !state.isClosed else { throw .closed }
            guard !state.up.isEmpty else { return nil }
            state.next = (state.next + 1) % state.up.count
            return state.up[state.next]
        }
    }

    private func connect() async throws(PostgresError) {
        let connection = try await DedicatedThread.connect(configuration)
        let wire = try PostgresWire(connection.take())
        let id = wireIDs.next()
        let isKept = state.withLock { state in
            if !state.isClosed { state.up.append(id) }
            return !state.isClosed
        }
        guard isKept else { return }
        loop.submit(.attach(id, wire, onLost: { [weak self] _ in self?.lost(id) }))
    }

    private func lost(_ id: PostgresLoop.WireID) {
        let mustReconnect = state.withLock { state in
            state.up.removeAll { $0 == id }
            return !state.isClosed
        }
        guard mustReconnect else { return }
        Task { [weak self] in
            var backoff = Backoff()
            while let self, !self.state.withLock({ $0.isClosed }) {
                do {
                    return try await self.connect()
                } catch {
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
    }

    func close() {
        let wires = state.withLock { state in
            state.isClosed = true
            defer { state.up = [] }
            return state.up
        }
        for wire in wires { loop.submit(.detach(wire)) }
    }
}

/// Numbers for the connections of a loop.
final class WireIDs: Sendable {
    private let last = Atomic<Int>(0)

    func next() -> PostgresLoop.WireID { last.add(1, ordering: .relaxed).newValue }
}

/// A connection on its way from the thread that made it to its owner.
final class FreshConnection: @unchecked Sendable {
    private let connection: OpaquePointer

    init(_ connection: OpaquePointer) {
        self.connection = connection
    }

    func take() -> OpaquePointer { connection }
}

extension DedicatedThread {
    static func connect(_ configuration: PostgresConfiguration) async throws(PostgresError) -> FreshConnection {
        try await run { () throws(PostgresError) in FreshConnection(try configuration.connect()) }
    }
}
