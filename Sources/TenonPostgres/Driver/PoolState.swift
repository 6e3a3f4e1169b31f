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
        /// An idle connection is asked for a sign of life when nothing was heard of it for this long.
        var checkInterval = Duration.seconds(30)
    }

    enum Refusal: Equatable {
        case exhausted, deadline, cancelled, closed
    }

    enum Action: Equatable {
        /// Connect; answer with `opened` or `openFailed`.
        case open
        /// Call `retry` after the delay.
        case openLater(Duration)
        /// Ask the connection for a sign of life; answer with `checked`.
        case check(Connection)
        case close(Connection)
        case give(Connection, to: Waiter)
        case refuse(Waiter, Refusal)
    }

    private enum Place: Equatable {
        case idle(since: Moment, heardOf: Moment)
        case leased
        case checking(since: Moment)
        /// Out on a lease, and broken.
        case lost
    }

    private struct Entry {
        let birth: Moment
        var place: Place
        /// Of no more use when it comes back.
        var isRetired = false
    }

    private let limits: Limits
    private var entries: [Connection: Entry] = [:]
    /// The one used last is used next; the others get old and are closed.
    private var idle: [Connection] = []
    private var waiters: [(waiter: Waiter, deadline: Moment)] = []
    private var opening = 0
    private var backoff = Backoff()
    private var isRetrying = false
    private(set) var isClosed = false

    init(_ limits: Limits) {
        self.limits = limits
    }

    var connections: Int { entries.count }
    var idleConnections: Int { idle.count }
    var waiting: Int { waiters.count }
}

// MARK: - Waiters

extension PoolState {
    /// Somebody wants a lease. First come, first served.
    mutating func acquire(_ waiter: Waiter, deadline: Moment) -> [Action] {
        guard !isClosed else { return [.refuse(waiter, .closed)] }
        if let connection = idle.popLast() {
            entries[connection]?.place = .leased
            return [.give(connection, to: waiter)]
        }
        guard waiters.count < limits.waiters else { return [.refuse(waiter, .exhausted)] }
        waiters.append((waiter, deadline))
        return openMissing()
    }

    /// A waiter went away. One that has been given a lease already gives it back itself.
    mutating func cancel(_ waiter: Waiter) -> [Action] {
        guard let index = waiters.firstIndex(where: { $0.waiter == waiter }) else { return [] }
        waiters.remove(at: index)
        return [.refuse(waiter, .cancelled)]
    }

    /// A lease came back. One that is broken or old is replaced.
    mutating func release(_ connection: Connection, isUsable: Bool, at now: Moment) -> [Action] {
        guard let entry = entries[connection] else { return [] }
        if entry.place == .lost {
            entries[connection] = nil
            return openMissing()
        }
        guard isUsable, !isClosed, !entry.isRetired, now - entry.birth < limits.lifeTime else {
            entries[connection] = nil
            return [.close(connection)] + openMissing()
        }
        return put(connection, idleSince: now, at: now)
    }

    /// Gives the connection to the first waiter, or lets it rest.
    private mutating func put(_ connection: Connection, idleSince: Moment, at now: Moment) -> [Action] {
        guard !waiters.isEmpty else {
            entries[connection]?.place = .idle(since: idleSince, heardOf: now)
            idle.append(connection)
            return []
        }
        entries[connection]?.place = .leased
        return [.give(connection, to: waiters.removeFirst().waiter)]
    }
}

// MARK: - Connections

extension PoolState {
    mutating func opened(_ connection: Connection, at now: Moment) -> [Action] {
        opening -= 1
        backoff.reset()
        guard !isClosed else { return [.close(connection)] }
        entries[connection] = Entry(birth: now, place: .leased)
        return put(connection, idleSince: now, at: now)
    }

    /// Tries again after a while, as long as somebody waits or the minimum is not reached.
    mutating func openFailed(random: Double = .random(in: 0...1)) -> [Action] {
        opening -= 1
        guard !isClosed, !isRetrying, !waiters.isEmpty || entries.count < limits.minimum else { return [] }
        isRetrying = true
        return [.openLater(backoff.next(random: random))]
    }

    /// The delay of `openLater` is over.
    mutating func retry() -> [Action] {
        isRetrying = false
        return openMissing()
    }

    /// The connection broke. One that is out on a lease is dropped when it comes back.
    mutating func lost(_ connection: Connection) -> [Action] {
        guard let entry = entries[connection] else { return [] }
        if entry.place == .leased {
            entries[connection]?.place = .lost
            return []
        }
        idle.removeAll { $0 == connection }
        entries[connection] = nil
        return openMissing()
    }

    /// The answer to `check`.
    mutating func checked(_ connection: Connection, isAlive: Bool, at now: Moment) -> [Action] {
        guard case .checking(let since) = entries[connection]?.place else { return [] }
        guard isAlive, !isClosed, entries[connection]?.isRetired == false else {
            entries[connection] = nil
            return [.close(connection)] + openMissing()
        }
        return put(connection, idleSince: since, at: now)
    }

    /// Time passes: late waiters are refused, idle connections closed down to the minimum or asked for a sign of
    /// life, and the minimum is made good.
    mutating func tick(at now: Moment) -> [Action] {
        var actions: [Action] = []
        waiters.removeAll { waiter in
            guard waiter.deadline <= now else { return false }
            actions.append(.refuse(waiter.waiter, .deadline))
            return true
        }
        for connection in idle {
            guard case .idle(let since, let heardOf) = entries[connection]?.place else { continue }
            if entries.count > limits.minimum, now - since >= limits.idleTime {
                entries[connection] = nil
                actions.append(.close(connection))
            } else if now - heardOf >= limits.checkInterval {
                entries[connection]?.place = .checking(since: since)
                actions.append(.check(connection))
            } else {
                continue
            }
            idle.removeAll { $0 == connection }
        }
        return actions + openMissing()
    }

    /// Connections as old as this are of no more use: those that rest are closed, the others as they come back.
    mutating func retire(olderThan age: Duration, at now: Moment) -> [Action] {
        for (connection, entry) in entries where now - entry.birth >= age { entries[connection]?.isRetired = true }
        let retired = idle.filter { entries[$0]?.isRetired == true }
        for connection in retired { entries[connection] = nil }
        idle.removeAll { retired.contains($0) }
        return retired.map { .close($0) } + openMissing()
    }

    /// No more leases. Those that are out are closed as they come back.
    mutating func close() -> [Action] {
        isClosed = true
        let refused = waiters.map { Action.refuse($0.waiter, .closed) }
        let closed = idle.map { Action.close($0) }
        for connection in idle { entries[connection] = nil }
        waiters = []
        idle = []
        return refused + closed
    }

    /// Opens what the waiters or the minimum need and the maximum allows; nothing while a server that does not
    /// answer is given time.
    private mutating func openMissing() -> [Action] {
        guard !isClosed, !isRetrying else { return [] }
        let wanted = max(waiters.count, limits.minimum - entries.count)
        let missing = max(0, min(wanted, limits.maximum - entries.count) - opening)
        opening += missing
        return Array(repeating: .open, count: missing)
    }
}
