internal import NIOCore
internal import TenonDomain

/// How many requests run and wait at one time.
public struct AdmissionLimits: Sendable {
    /// Requests that run. More of them than the cores keep busy only make each other late.
    public var running: Int
    /// Of one tenant; what has no tenant yet, such as a login, counts as one.
    public var runningPerTenant: Int
    public var waiting: Int
    public var waitingPerTenant: Int
    /// Streams and requests that wait for something to happen, which take no place of the others; one tenant has three
    /// quarters of them at most.
    public var watchers: Int
    /// Requests that began to run and wait for something slow, such as an identity provider, without a place.
    public var suspended = 1_024
    /// For one tenant.
    public var suspendedPerTenant = 128
    /// For callers who have not signed in: their passwords wait to be hashed.
    public var suspendedWithoutTenant = 512
    /// How long a request waits for its turn in a burst.
    public var patience: Duration = .milliseconds(100)
    /// Load is when for `patience` nobody got a turn without having waited this long.
    public var tolerance: Duration = .milliseconds(20)
    /// How long a request waits under load. Then waiting helps nobody, for as many come as go, and only makes every
    /// answer late.
    public var patienceUnderLoad: Duration = .milliseconds(5)
    /// Load is over when nobody was turned away for this long. Sooner, and the queue would fill again at once.
    public var calm: Duration = .seconds(1)

    /// A tenant has three quarters of the running and half of the waiting places at most.
    public init(running: Int = 24, waiting: Int = 1_024, watchers: Int = 10_000) {
        self.running = running
        runningPerTenant = max(1, running * 3 / 4)
        self.waiting = waiting
        waitingPerTenant = max(1, waiting / 2)
        self.watchers = watchers
    }

    /// Of watchers none waits for a place: each stays too long.
    var ofWatchers: AdmissionLimits { AdmissionLimits(running: watchers, waiting: 0) }
}

/// Decides which requests run, which wait and which are turned away. Tenants take turns, so that one cannot crowd out
/// the others; under lasting load the newest request goes first and the oldest are turned away, which keeps the
/// answers that are given quick.
struct AdmissionState<Waiter> {
    /// `nil` stands for whoever has not signed in.
    typealias Tenant = TenantID?

    enum Entry {
        case run
        case wait
        case turnAway
        /// The newcomer waits in the place of one of the tenant that waits most.
        case waitInsteadOf(Waiter)
    }

    struct Turn {
        var run: [Waiter] = []
        var turnAway: [Waiter] = []
    }

    private struct Line {
        var running = 0
        var waiting = CircularBuffer<(waiter: Waiter, since: ContinuousClock.Instant)>()
        /// Requests that began to run and want their place again: they go first and are not turned away.
        var returning = CircularBuffer<Waiter>()

        var isQueued: Bool { !waiting.isEmpty || !returning.isEmpty }
    }

    private let limits: AdmissionLimits
    private var lines: [Tenant: Line] = [:]
    private var suspendedFor: [Tenant: Int] = [:]
    private(set) var suspended = 0
    /// The tenants of which somebody waits, in the order of their turns.
    private var turns = CircularBuffer<Tenant>()
    /// Since when nobody got a turn in time.
    private var lateSince: ContinuousClock.Instant?
    private var isLoadedUntil: ContinuousClock.Instant?
    private(set) var running = 0
    private(set) var waiting = 0
    private(set) var turnedAway = 0

    init(_ limits: AdmissionLimits) {
        self.limits = limits
    }

    // Lines are changed in their place: a copy of one would copy everybody who waits in it.

    mutating func enter(_ waiter: Waiter, of tenant: Tenant, at now: ContinuousClock.Instant) -> Entry {
        let ofTenant =
            lines[tenant].map { (running: $0.running, waiting: $0.waiting.count) } ?? (running: 0, waiting: 0)
        let isQueued = lines[tenant]?.isQueued ?? false
        if running < limits.running, ofTenant.running < limits.runningPerTenant, !isQueued {
            lines[tenant, default: Line()].running += 1
            running += 1
            return .run
        }
        let isLoaded = isUnderLoad(at: now)
        guard ofTenant.waiting < limits.waitingPerTenant else {
            noteTurnedAway(1, at: now, isLoaded)
            return .turnAway
        }
        var displaced: Waiter?
        // Under load more than can soon run would only wait to be turned away.
        if waiting >= (isLoaded ? min(limits.running, limits.waiting) : limits.waiting) {
            guard waiting > 0,
                let longest = lines.max(by: { $0.value.waiting.count < $1.value.waiting.count })?.key,
                longest != tenant, lines[longest]?.waiting.count ?? 0 > ofTenant.waiting + 1
            else {
                noteTurnedAway(1, at: now, isLoaded)
                return .turnAway
            }
            displaced = removeOldest(of: longest)
            noteTurnedAway(1, at: now, isLoaded)
        }
        if !isQueued { turns.append(tenant) }
        lines[tenant, default: Line()].waiting.append((waiter, now))
        waiting += 1
        return displaced.map { .waitInsteadOf($0) } ?? .wait
    }

    /// A request of the tenant is done.
    mutating func leave(_ tenant: Tenant, at now: ContinuousClock.Instant) -> Turn {
        running -= 1
        lines[tenant]?.running -= 1
        forget(tenant)
        return nextTurn(at: now)
    }

    /// A request of the tenant waits for something of `other` and needs no place meanwhile. Nil, and nothing changes,
    /// where as many wait as may.
    mutating func suspend(_ tenant: Tenant, toWaitFor other: Tenant, at now: ContinuousClock.Instant) -> Turn? {
        let limit = other == nil ? limits.suspendedWithoutTenant : limits.suspendedPerTenant
        guard suspended < limits.suspended, suspendedFor[other] ?? 0 < limit else { return nil }
        suspended += 1
        suspendedFor[other, default: 0] += 1
        return leave(tenant, at: now)
    }

    /// It goes on as soon as there is a place.
    mutating func resume(
        _ waiter: Waiter, of tenant: Tenant, afterWaitingFor other: Tenant, at now: ContinuousClock.Instant
    ) -> Turn {
        suspended -= 1
        let left = (suspendedFor[other] ?? 0) - 1
        suspendedFor[other] = left == 0 ? nil : left
        if !(lines[tenant]?.isQueued ?? false) { turns.append(tenant) }
        lines[tenant, default: Line()].returning.append(waiter)
        return nextTurn(at: now)
    }

    private mutating func nextTurn(at now: ContinuousClock.Instant) -> Turn {
        var turn = Turn()
        turn.turnAway = expire(at: now)
        while running < limits.running, let next = nextInTurn(at: now) { turn.run.append(next) }
        return turn
    }

    private mutating func forget(_ tenant: Tenant) {
        if let line = lines[tenant], line.running == 0, !line.isQueued { lines[tenant] = nil }
    }

    /// Whoever has waited too long.
    mutating func expire(at now: ContinuousClock.Instant) -> [Waiter] {
        guard waiting > 0 else { return [] }
        let isLoaded = isUnderLoad(at: now)
        let patience = isLoaded ? limits.patienceUnderLoad : limits.patience
        var gone: [Waiter] = []
        for tenant in turns {
            while let first = lines[tenant]?.waiting.first, now - first.since >= patience {
                if let waiter = removeOldest(of: tenant) { gone.append(waiter) }
            }
        }
        noteTurnedAway(gone.count, at: now, isLoaded)
        return gone
    }

    private func isUnderLoad(at now: ContinuousClock.Instant) -> Bool {
        if let isLoadedUntil, now < isLoadedUntil { return true }
        return lateSince.map { now - $0 >= limits.patience } ?? false
    }

    /// `isLoaded` tells how it was before they went: an empty queue looks calm.
    private mutating func noteTurnedAway(_ count: Int, at now: ContinuousClock.Instant, _ isLoaded: Bool) {
        guard count > 0 else { return }
        turnedAway += count
        if isLoaded { isLoadedUntil = now + limits.calm }
    }

    private mutating func nextInTurn(at now: ContinuousClock.Instant) -> Waiter? {
        for _ in 0..<turns.count {
            guard let tenant = turns.popFirst() else { continue }
            guard lines[tenant]?.running ?? 0 < limits.runningPerTenant else {
                turns.append(tenant)
                continue
            }
            if let next = lines[tenant]?.returning.popFirst() {
                begin(tenant)
                return next
            }
            let takesNewest = isUnderLoad(at: now)
            guard let next = takesNewest ? lines[tenant]?.waiting.popLast() : lines[tenant]?.waiting.popFirst() else {
                continue
            }
            if now - next.since < limits.tolerance { lateSince = nil } else if lateSince == nil { lateSince = now }
            begin(tenant)
            noteOneLess()
            return next.waiter
        }
        return nil
    }

    private mutating func begin(_ tenant: Tenant) {
        lines[tenant]?.running += 1
        running += 1
        if lines[tenant]?.isQueued == true { turns.append(tenant) }
    }

    private mutating func removeOldest(of tenant: Tenant) -> Waiter? {
        guard let removed = lines[tenant]?.waiting.popFirst() else { return nil }
        if lines[tenant]?.isQueued == false {
            turns.removeAll { $0 == tenant }
            forget(tenant)
        }
        noteOneLess()
        return removed.waiter
    }

    private mutating func noteOneLess() {
        waiting -= 1
        if waiting == 0 { lateSince = nil }
    }
}
