/// The rules of the pool of leases, without any I/O: events go in, actions come out. Time comes with the events.
struct PoolState {
    typealias Moment = ContinuousClock.Instant
    typealias Connection = Int
    typealias Waiter = Int

    struct Limits: Sendable {
        /// Connections that are kept although nobody needs them.
        var minimum = 1
        var maximum = 16
        /// How many may wait; past it an acquisition fails at once.
        var waiters = 1000
        var idleTime = Duration.seconds(60)
        /// Connections older than this are replaced when they come back.
        var lifeTime = Duration.seconds(3600)
    }

    enum Refusal: Equatable {
        case exhausted, deadline, cancelled, closed
    }

    enum Action: Equatable {
        /// Connect; answer with `opened` or `openFailed`.
        case open
        case openLater(Duration)
        case close(Connection)
        case give(Connection, to: Waiter)
        case refuse(Waiter, Refusal)
    }

    private struct Idle {
        let connection: Connection
        let since: Moment
    }

    private let limits: Limits
    private var born: [Connection: Moment] = [:]
    /// The one used last is used next; the others get old and are closed.
    private var idle: [Idle] = []
    private var waiters: [(waiter: Waiter, deadline: Moment)] = []
    private var opening = 0
    private var backoff = Backoff()
    private var isRetrying = false
    private(set) var isClosed = false

    init(_ limits: Limits) {
        self.limits = limits
    }

    var connections: Int { born.count }
    var idleConnections: Int { idle.count }
    var waiting: Int { waiters.count }
    var isDrained: Bool { isClosed && born.isEmpty && opening == 0 }

    /// Somebody wants a lease. First come, first served.
    mutating func acquire(_ waiter: Waiter, deadline: Moment) -> [Action] {
        guard !isClosed else { return [.refuse(waiter, .closed)] }
        if let last = idle.popLast() { return [.give(last.connection, to: waiter)] }
        guard waiters.count < limits.waiters else { return [.refuse(waiter, .exhausted)] }
        waiters.append((waiter, deadline))
        return openForWaiters()
    }

    /// A waiter went away. One that has been given a lease already gives it back itself.
    mutating func cancel(_ waiter: Waiter) -> [Action] {
        guard let index = waiters.firstIndex(where: { $0.waiter == waiter }) else { return [] }
        waiters.remove(at: index)
        return [.refuse(waiter, .cancelled)]
    }

    mutating func opened(_ connection: Connection, at now: Moment) -> [Action] {
        opening -= 1
        backoff.reset()
        guard !isClosed else { return [.close(connection)] }
        born[connection] = now
        return place(connection, at: now)
    }

    /// Tries again after a while, as long as somebody waits or the minimum is not reached.
    mutating func openFailed(random: Double = .random(in: 0...1)) -> [Action] {
        opening -= 1
        guard !isClosed, !isRetrying, !waiters.isEmpty || born.count < limits.minimum else { return [] }
        isRetrying = true
        return [.openLater(backoff.next(random: random))]
    }

    /// The delay of `openLater` is over.
    mutating func retry() -> [Action] {
        isRetrying = false
        guard !isClosed else { return [] }
        let forWaiters = openForWaiters()
        return forWaiters.isEmpty ? openMinimum() : forWaiters
    }

    /// A lease came back. One that is broken or old is replaced.
    mutating func release(_ connection: Connection, isUsable: Bool, at now: Moment) -> [Action] {
        guard let birth = born[connection] else { return [] }
        guard isUsable, !isClosed, now - birth < limits.lifeTime else {
            born[connection] = nil
            return [.close(connection)] + (isClosed ? [] : openForWaiters())
        }
        return place(connection, at: now)
    }

    /// The server closed an idle connection.
    mutating func lost(_ connection: Connection) -> [Action] {
        guard let index = idle.firstIndex(where: { $0.connection == connection }) else { return [] }
        idle.remove(at: index)
        born[connection] = nil
        return isClosed ? [] : openMinimum()
    }

    /// Time passes: late waiters are refused, idle connections closed down to the minimum.
    mutating func tick(at now: Moment) -> [Action] {
        var actions: [Action] = []
        waiters.removeAll { waiter in
            guard waiter.deadline <= now else { return false }
            actions.append(.refuse(waiter.waiter, .deadline))
            return true
        }
        while born.count > limits.minimum, let oldest = idle.first, now - oldest.since >= limits.idleTime {
            idle.removeFirst()
            born[oldest.connection] = nil
            actions.append(.close(oldest.connection))
        }
        return actions + (isClosed ? [] : openMinimum())
    }

    /// No more leases. Those that are out are closed as they come back.
    mutating func close() -> [Action] {
        isClosed = true
        let refused = waiters.map { Action.refuse($0.waiter, .closed) }
        let closed = idle.map { Action.close($0.connection) }
        for entry in idle { born[entry.connection] = nil }
        waiters = []
        idle = []
        return refused + closed
    }

    private mutating func place(_ connection: Connection, at now: Moment) -> [Action] {
        guard !waiters.isEmpty else {
            idle.append(Idle(connection: connection, since: now))
            return []
        }
        return [.give(connection, to: waiters.removeFirst().waiter)]
    }

    private mutating func openForWaiters() -> [Action] {
        guard opening < waiters.count, born.count + opening < limits.maximum, !isRetrying else { return [] }
        opening += 1
        return [.open]
    }

    private mutating func openMinimum() -> [Action] {
        let missing = isRetrying ? 0 : max(0, limits.minimum - born.count - opening)
        opening += missing
        return Array(repeating: .open, count: missing)
    }
}
