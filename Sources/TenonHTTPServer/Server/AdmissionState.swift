internal import NIOCore
internal import TenonDomain

/// The limits of running and waiting requests.
public struct AdmissionLimits: Sendable {
    /// Running requests. More than the cores can process only slow each other down.
    public var running: Int
    /// For one tenant; requests without a tenant, such as logins, count as one tenant.
    public var runningPerTenant: Int
    public var waiting: Int
    public var waitingPerTenant: Int
    /// Streams and long polls, which use no slots; one tenant gets at most three quarters.
    public var watchers: Int
    /// Requests that wait for something slow, such as an identity provider, without a slot.
    public var suspended = 1_024
    /// For one tenant.
    public var suspendedPerTenant = 128
    /// For unauthenticated callers: their passwords wait to be hashed.
    public var suspendedWithoutTenant = 512
    /// How long a request waits for a slot in a burst.
    public var patience: Duration = .milliseconds(100)
    /// The service is overloaded if for `patience` every request waited at least this long for its slot.
    public var tolerance: Duration = .milliseconds(20)
    /// How long a request waits under overload. Longer waits would not serve more requests, but delay every response.
    public var patienceUnderLoad: Duration = .milliseconds(5)
    /// Overload ends when no request was refused for this long. Sooner, and the queue would fill again at once.
    public var calm: Duration = .seconds(1)

    /// A tenant gets at most three quarters of the running and half of the waiting slots.
    public init(running: Int = 24, waiting: Int = 1_024, watchers: Int = 10_000) {
        self.running = running
        runningPerTenant = max(1, running * 3 / 4)
        self.waiting = waiting
        waitingPerTenant = max(1, waiting / 2)
        self.watchers = watchers
    }

    /// Watchers never wait for a slot, because each stays too long.
    var ofWatchers: AdmissionLimits { AdmissionLimits(running: watchers, waiting: 0) }
}

/// Decides which requests run, wait or are refused. Tenants take turns, so that one cannot crowd out the others. Under
/// lasting overload the newest request goes first and the oldest are refused, which keeps responses fast.
struct AdmissionState<Waiter> {
    /// `nil` means all unauthenticated callers.
    typealias Tenant = TenantID?

    enum Entry {
        case run
        case wait
        case turnAway
        /// The new request replaces a waiting one of the tenant with the most waiting requests.
        case waitInsteadOf(Waiter)
    }

    struct Turn {
        var run: [Waiter] = []
        var turnAway: [Waiter] = []
    }

    private struct Line {
        var running = 0
        var waiting = CircularBuffer<(waiter: Waiter, since: ContinuousClock.Instant)>()
        /// Running requests that want their slot again: they go first and are never refused.
        var returning = CircularBuffer<Waiter>()

        var isQueued: Bool { !waiting.isEmpty || !returning.isEmpty }
    }

    private let limits: AdmissionLimits
    private var lines: [Tenant: Line] = [:]
    private var suspendedFor: [Tenant: Int] = [:]
    private(set) var suspended = 0
    /// The tenants with waiting requests, in the order of their turns.
    private var turns = CircularBuffer<Tenant>()
    /// Since when no request got its slot in time.
    private var lateSince: ContinuousClock.Instant?
    private var isLoadedUntil: ContinuousClock.Instant?
    private(set) var running = 0
    private(set) var waiting = 0
    private(set) var turnedAway = 0

    init(_ limits: AdmissionLimits) {
        self.limits = limits
    }

    // Queues are changed in place: a copy would copy all of its waiters.

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
        // Under overload, requests beyond those that can soon run would only wait to be refused.
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

    /// A request of the tenant has finished.
    mutating func leave(_ tenant: Tenant, at now: ContinuousClock.Instant) -> Turn {
        running -= 1
        lines[tenant]?.running -= 1
        forget(tenant)
        return nextTurn(at: now)
    }

    /// A request of the tenant waits for a resource of `other` without its slot. Returns nil and changes nothing if too
    /// many wait.
    mutating func suspend(_ tenant: Tenant, toWaitFor other: Tenant, at now: ContinuousClock.Instant) -> Turn? {
        let limit = other == nil ? limits.suspendedWithoutTenant : limits.suspendedPerTenant
        guard suspended < limits.suspended, suspendedFor[other] ?? 0 < limit else { return nil }
        suspended += 1
        suspendedFor[other, default: 0] += 1
        return leave(tenant, at: now)
    }

    /// It continues as soon as there is a slot.
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

    /// The requests that waited too long.
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

    /// `isLoaded` is the state before they were removed: an empty queue does not look overloaded.
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
