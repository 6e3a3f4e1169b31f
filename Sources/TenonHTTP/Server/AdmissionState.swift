internal import NIOCore
internal import TenonDomain

/// How many requests run and wait at one time.
public struct AdmissionLimits: Sendable {
    /// Requests that run.
    public var running = 64
    /// Of one tenant; what has no tenant yet, such as a login, counts as one.
    public var runningPerTenant = 48
    public var waiting = 1_024
    public var waitingPerTenant = 512
    /// How long a request waits for its turn in a burst.
    public var patience: Duration = .milliseconds(100)
    /// How long it waits once the queue has not been empty for `patience`: then waiting helps nobody, for as many
    /// come as go, and only makes every answer late.
    public var patienceUnderLoad: Duration = .milliseconds(5)

    public init() {}
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
    }

    private let limits: AdmissionLimits
    private var lines: [Tenant: Line] = [:]
    /// The tenants of which somebody waits, in the order of their turns.
    private var turns = CircularBuffer<Tenant>()
    /// Since when somebody has waited at every moment.
    private var busySince: ContinuousClock.Instant?
    private(set) var running = 0
    private(set) var waiting = 0
    private(set) var turnedAway = 0

    init(_ limits: AdmissionLimits) {
        self.limits = limits
    }

    mutating func enter(_ waiter: Waiter, of tenant: Tenant, at now: ContinuousClock.Instant) -> Entry {
        var line = lines[tenant] ?? Line()
        if running < limits.running, line.running < limits.runningPerTenant, line.waiting.isEmpty {
            line.running += 1
            running += 1
            lines[tenant] = line
            return .run
        }
        guard line.waiting.count < limits.waitingPerTenant else {
            turnedAway += 1
            return .turnAway
        }
        var displaced: Waiter?
        if waiting >= limits.waiting {
            guard let longest = lines.max(by: { $0.value.waiting.count < $1.value.waiting.count }),
                longest.key != tenant, longest.value.waiting.count > line.waiting.count + 1
            else {
                turnedAway += 1
                return .turnAway
            }
            displaced = removeOldest(of: longest.key)
            turnedAway += 1
        }
        if line.waiting.isEmpty { turns.append(tenant) }
        line.waiting.append((waiter, now))
        lines[tenant] = line
        waiting += 1
        if busySince == nil { busySince = now }
        return displaced.map { .waitInsteadOf($0) } ?? .wait
    }

    /// A request of the tenant is done.
    mutating func leave(_ tenant: Tenant, at now: ContinuousClock.Instant) -> Turn {
        running -= 1
        if var line = lines[tenant] {
            line.running -= 1
            lines[tenant] = line.running == 0 && line.waiting.isEmpty ? nil : line
        }
        var turn = Turn()
        turn.turnAway = expire(at: now)
        while running < limits.running, let next = nextInTurn(at: now) { turn.run.append(next) }
        return turn
    }

    /// Whoever has waited too long.
    mutating func expire(at now: ContinuousClock.Instant) -> [Waiter] {
        guard waiting > 0 else { return [] }
        let patience = isUnderLoad(at: now) ? limits.patienceUnderLoad : limits.patience
        var gone: [Waiter] = []
        for tenant in turns {
            while let first = lines[tenant]?.waiting.first, now - first.since >= patience {
                if let waiter = removeOldest(of: tenant) { gone.append(waiter) }
            }
        }
        turnedAway += gone.count
        return gone
    }

    private func isUnderLoad(at now: ContinuousClock.Instant) -> Bool {
        busySince.map { now - $0 >= limits.patience } ?? false
    }

    private mutating func nextInTurn(at now: ContinuousClock.Instant) -> Waiter? {
        for _ in 0..<turns.count {
            guard let tenant = turns.popFirst(), var line = lines[tenant] else { continue }
            guard line.running < limits.runningPerTenant else {
                turns.append(tenant)
                continue
            }
            let next = isUnderLoad(at: now) ? line.waiting.removeLast() : line.waiting.removeFirst()
            line.running += 1
            lines[tenant] = line
            running += 1
            if !line.waiting.isEmpty { turns.append(tenant) }
            noteOneLess()
            return next.waiter
        }
        return nil
    }

    private mutating func removeOldest(of tenant: Tenant) -> Waiter? {
        guard let removed = lines[tenant]?.waiting.popFirst() else { return nil }
        if lines[tenant]?.waiting.isEmpty == true {
            turns.removeAll { $0 == tenant }
            if lines[tenant]?.running == 0 { lines[tenant] = nil }
        }
        noteOneLess()
        return removed.waiter
    }

    private mutating func noteOneLess() {
        waiting -= 1
        if waiting == 0 { busySince = nil }
    }
}
