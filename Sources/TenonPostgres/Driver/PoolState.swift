internal import TenonDomain
internal import TenonKit

/// The rules of the pool of leases, without any I/O: events go in, actions come out. Time comes with the events.
struct PoolState<Waiter: Equatable> {
    typealias Moment = ContinuousClock.Instant
    typealias Connection = Int

    struct Limits: Sendable {
        /// Connections that are kept although nobody needs them.
        var minimum = 1
        var maximum = 16
        /// The most connections of one tenant.
        var share = Int.max
        /// How many may wait, half of them of one tenant; past it an acquisition fails at once.
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
        case leased(TenantID?)
        case checking(since: Moment)
        /// Out on a lease, and broken.
        case lost(TenantID?)
    }

    private struct Entry {
        let birth: Moment
        var place: Place
        /// Of no more use when it comes back.
        var isRetired = false
    }

    private struct Waiting {
        let waiter: Waiter
        let deadline: Moment
    }

    private let limits: Limits
    private var entries: [Connection: Entry] = [:]
    /// The one used last is used next; the others get old and are closed.
    private var idle: [Connection] = []
    /// Who waits, and how many leases each tenant has. What belongs to no tenant has no bound.
    private var queue: TurnQueue<TenantID?, Waiting>
    private var opening = 0
    private var backOff = BackOff.connecting
    private var isRetrying = false
    private(set) var isClosed = false

    init(_ limits: Limits) {
        self.limits = limits
        queue = TurnQueue(
            each: .init(underway: limits.share, waiting: max(1, limits.waiters / 2)), waiting: limits.waiters,
            unbounded: [nil])
    }

    var connections: Int { entries.count }
    var idleConnections: Int { idle.count }
    var waiting: Int { queue.count }
}

// MARK: - Waiters

extension PoolState {
    /// The tenant, or nil for the service itself, wants a lease. Tenants take turns.
    mutating func acquire(_ waiter: Waiter, for tenant: TenantID? = nil, deadline: Moment) -> [Action] {
        guard !isClosed else { return [.refuse(waiter, .closed)] }
        if let connection = take(for: tenant) { return [.give(connection, to: waiter)] }
        guard queue.add(Waiting(waiter: waiter, deadline: deadline), of: tenant) else {
            return [.refuse(waiter, .exhausted)]
        }
        return openMissing()
    }

    /// A connection that rests, for a tenant that has not its share yet. Where one rests nobody waits who may have it.
    mutating func take(for tenant: TenantID?) -> Connection? {
        guard !idle.isEmpty, queue.take(tenant), let connection = idle.popLast() else { return nil }
        entries[connection]?.place = .leased(tenant)
        return connection
    }

    /// A waiter went away. One that has been given a lease already gives it back itself.
    mutating func cancel(_ waiter: Waiter) -> [Action] {
        queue.removeAll { $0.waiter == waiter }.map { .refuse($0.waiter, .cancelled) }
    }

    /// A lease came back. One that is broken or old is replaced.
    mutating func release(_ connection: Connection, isUsable: Bool, at now: Moment) -> [Action] {
        guard let entry = entries[connection] else { return [] }
        switch entry.place {
        case .lost(let tenant):
            queue.end(tenant)
            entries[connection] = nil
            return serve() + openMissing()
        case .leased(let tenant):
            queue.end(tenant)
            guard isUsable, !isClosed, !entry.isRetired, now - entry.birth < limits.lifeTime else {
                entries[connection] = nil
                return [.close(connection)] + serve() + openMissing()
            }
            return put(connection, idleSince: now, at: now)
        case .idle, .checking: return []
        }
    }

    /// Lets the connection rest, or gives it to whose turn it is.
    private mutating func put(_ connection: Connection, idleSince: Moment, at now: Moment) -> [Action] {
        entries[connection]?.place = .idle(since: idleSince, heardOf: now)
        idle.append(connection)
        return serve()
    }

    private mutating func serve() -> [Action] {
        var actions: [Action] = []
        while let connection = idle.last, let next = queue.next() {
            idle.removeLast()
            entries[connection]?.place = .leased(next.holder)
            actions.append(.give(connection, to: next.element.waiter))
        }
        return actions
    }
}

// MARK: - Connections

extension PoolState {
    mutating func opened(_ connection: Connection, at now: Moment) -> [Action] {
        opening -= 1
        backOff.reset()
        guard !isClosed else { return [.close(connection)] }
        entries[connection] = Entry(birth: now, place: .checking(since: now))
        return put(connection, idleSince: now, at: now)
    }

    /// Tries again after a while, as long as somebody waits or the minimum is not reached.
    mutating func openFailed(random: Double = .random(in: 0...1)) -> [Action] {
        opening -= 1
        guard !isClosed, !isRetrying, !queue.isEmpty || entries.count < limits.minimum else { return [] }
        isRetrying = true
        return [.openLater(backOff.next(random: random))]
    }

    /// The delay of `openLater` is over.
    mutating func retry() -> [Action] {
        isRetrying = false
        return openMissing()
    }

    /// The connection broke. One that is out on a lease is dropped when it comes back.
    mutating func lost(_ connection: Connection) -> [Action] {
        guard let entry = entries[connection] else { return [] }
        if case .leased(let tenant) = entry.place {
            entries[connection]?.place = .lost(tenant)
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
        var actions = queue.removeAll { $0.deadline <= now }.map { Action.refuse($0.waiter, .deadline) }
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
        let refused = queue.removeAll().map { Action.refuse($0.waiter, .closed) }
        let closed = idle.map { Action.close($0) }
        for connection in idle { entries[connection] = nil }
        idle = []
        return refused + closed
    }

    /// Opens what the waiters or the minimum need and the maximum allows; nothing while a server that does not
    /// answer is given time.
    private mutating func openMissing() -> [Action] {
        guard !isClosed, !isRetrying else { return [] }
        let wanted = max(queue.startable, limits.minimum - entries.count)
        let missing = max(0, min(wanted, limits.maximum - entries.count) - opening)
        opening += missing
        return Array(repeating: .open, count: missing)
    }
}
