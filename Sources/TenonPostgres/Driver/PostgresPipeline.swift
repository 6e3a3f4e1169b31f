internal import CLibPQ
internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// One to four connections that all single statements share: groups of many tenants are under way on each, every one
/// closed by its own Sync. The rules are `PipelineState`'s; here is the I/O.
final class PostgresPipeline: Sendable {
    struct Limits: Sendable {
        /// 1 to 4.
        var connections = 2
        /// How long a request waits for its answer.
        var timeout = Duration.seconds(5)
        var rules = PipelineState<PostgresGroup>.Limits()
    }

    private struct State: ~Copyable {
        var rules: PipelineState<PostgresGroup>
        /// Somebody looks after those that wait.
        var isSweeping = false
    }

    /// How exactly deadlines are kept of groups that wait for a place.
    private static let sweep = Duration.milliseconds(50)

    private let configuration: PostgresConfiguration
    private let loop: PostgresLoop
    private let wireIDs: WireIDs
    private let limits: Limits
    private let retirement: Retirement
    private let state: Mutex<State>

    init(
        _ configuration: PostgresConfiguration, loop: PostgresLoop, wireIDs: WireIDs, limits: Limits,
        retirement: Retirement = Retirement()
    ) {
        self.configuration = configuration
        self.loop = loop
        self.wireIDs = wireIDs
        self.limits = limits
        self.retirement = retirement
        state = Mutex(State(rules: PipelineState(limits.rules)))
    }

    /// Connects. Fails where the server cannot be reached now; later losses are mended by the pipeline itself.
    func open() async throws(PostgresError) {
        for _ in 0..<min(4, max(1, limits.connections)) { try await connect() }
    }

    /// Runs the commands as one group; the scope's commands go before them and their results are dropped. Groups of one
    /// line, by default that of the first statement, wait behind one another. When the connection breaks, a group of
    /// repeatable statements is sent again, by default what `Statement` says of them; one that met a lock, which the
    /// session does not wait for, is sent again a little later.
    ///
    /// A cancelled task returns when its group's answer is read, so that whoever counts requests counts what the server
    /// still does for them; at once where the group was not sent yet.
    ///
    /// Fails with the first error of the server, `connectionLost`, `deadlineExceeded`, `cancelled`, `poolExhausted`
    /// or `closed`.
    func run(
        _ commands: [Command], scope: [Command] = [], line: PipelineLine? = nil, isRepeatable: Bool? = nil
    ) async throws(PostgresError) -> [PostgresRows] {
        let all = scope + commands
        let line = line ?? .statement(commands.first?.statement.key ?? 0)
        let deadline = ContinuousClock.now + limits.timeout
        var attempt = 0
        var pause = BackOff.connecting
        while true {
            do throws(PostgresError) {
                let rows = try await PostgresGroup(
                    all, discarding: scope.count, within: limits.timeout, deadline: deadline
                ).run(submit: { submit($0, line) }, onCancel: { cancel($0, line) })
                if Task.isCancelled { throw .cancelled }
                return rows
            } catch {
                retirement.note(error)
                if Task.isCancelled { throw .cancelled }
                if error.isLockTimeout {
                    let delay = pause.next()
                    guard .now + delay < deadline else { throw .deadlineExceeded }
                    try? await Task.sleep(for: delay)
                    continue
                }
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

    private func submit(_ group: PostgresGroup, _ line: PipelineLine) {
        let (refusal, mustSweep) = state.withLock { state -> (PostgresError?, Bool) in
            switch state.rules.enter(group, in: line, deadline: group.deadline, at: .now) {
            // Under the lock, so that the rules and the connection have the groups in one order.
            case .send(let connection): loop.submit(.send(connection, group))
            case .refuse(let error): return (error, false)
            case .wait:
                defer { state.isSweeping = true }
                return (nil, !state.isSweeping)
            }
            return (nil, false)
        }
        if let refusal { group.finish(.failure(refusal)) }
        if mustSweep { sweepWhileAnybodyWaits() }
    }

    private func cancel(_ group: PostgresGroup, _ line: PipelineLine) {
        if state.withLock({ $0.rules.cancel(group, in: line) }) { group.finish(.failure(.cancelled)) }
    }

    private func sweepWhileAnybodyWaits() {
        Task { [weak self] in
            repeat { try? await Task.sleep(for: Self.sweep) } while self?.sweep() ?? false
        }
    }

    /// Whether anybody still waits.
    private func sweep() -> Bool {
        step { $0.expire(at: .now) }
        return state.withLock { state in
            state.isSweeping = state.rules.waiting > 0
            return state.isSweeping
        }
    }

    /// Lets the rules decide, then does what they say.
    private func step(_ decide: (inout PipelineState<PostgresGroup>) -> [PipelineState<PostgresGroup>.Action]) {
        let actions = state.withLock { state in
            let actions = decide(&state.rules)
            for action in actions {
                switch action {
                case .send(let group, let connection): loop.submit(.send(connection, group))
                case .close(let connection): loop.submit(.detach(connection))
                case .refuse, .connect: break
                }
            }
            return actions
        }
        for action in actions {
            switch action {
            case .refuse(let group, let error): group.finish(.failure(error))
            case .connect: reconnect()
            case .send, .close: break
            }
        }
    }

    // MARK: - Connections

    private func connect() async throws(PostgresError) {
        let wire = try PostgresWire(try await DedicatedThread.connect(configuration).take())
        let id = wireIDs.next()
        step { rules in
            // Attached before anybody sends on it: the loop takes its jobs in order.
            loop.submit(
                .attach(
                    id, wire, onAnswered: { [weak self] count in self?.step { $0.answered(count, on: id, at: .now) } },
                    onLost: { [weak self] in self?.step { $0.lost(id, at: .now) } }))
            return rules.opened(id, at: .now)
        }
    }

    private func reconnect() {
        Task { [weak self] in
            var backOff = BackOff.connecting
            while let self, !self.isClosed {
                do throws(PostgresError) {
                    return try await self.connect()
                } catch {
                    try? await Task.sleep(for: backOff.next())
                }
            }
        }
    }

    private var isClosed: Bool { state.withLock { $0.rules.isClosed } }

    /// How many connections are up.
    var connections: Int { state.withLock { $0.rules.connections } }

    /// For tests: groups that wait for a place, and those whose answers are not read yet.
    var counts: (waiting: Int, unanswered: Int) { state.withLock { ($0.rules.waiting, $0.rules.unanswered) } }

    /// Replaces the connections that are as old as this.
    func retire(olderThan age: Duration) {
        step { $0.retire(olderThan: age, at: .now) }
    }

    /// Takes no more requests. What is in flight is answered; then the connections are closed.
    func close() {
        step { $0.close() }
    }
}

/// Numbers for the connections of a loop.
final class WireIDs: Sendable {
    private let last = Atomic<Int>(0)

    func next() -> PostgresLoop.WireID { last.add(1, ordering: .relaxed).newValue }
}
