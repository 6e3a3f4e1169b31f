internal import TenonDomain

/// Who waits for a lease, and how many each tenant has. Tenants take turns, and none has more than its share; what belongs
/// to no tenant has no bound.
struct LeaseQueue {
    typealias Waiter = PoolState.Waiter
    typealias Moment = PoolState.Moment

    private struct Line {
        var leases = 0
        var waiting: [(waiter: Waiter, deadline: Moment)] = []
    }

    private var lines: [TenantID?: Line] = [:]
    /// Those of whom somebody waits, in the order of their turns.
    private var turns: [TenantID?] = []
    private let share: Int
    private let places: Int
    private let placesPerTenant: Int
    private(set) var count = 0

    /// `share` is the most leases of one tenant. `places` is how many may wait, half of them for one tenant.
    init(share: Int, places: Int) {
        self.share = share
        self.places = places
        placesPerTenant = max(1, places / 2)
    }

    var isEmpty: Bool { count == 0 }

    /// Of those that wait, how many could have a lease now if there were one.
    var ready: Int {
        turns.reduce(0) { $0 + min(lines[$1]?.waiting.count ?? 0, room(for: $1)) }
    }

    /// How many more leases the tenant may have.
    func room(for tenant: TenantID?) -> Int {
        tenant == nil ? .max : max(0, share - (lines[tenant]?.leases ?? 0))
    }

    /// False where too many wait already, in all or of the tenant.
    mutating func enter(_ waiter: Waiter, of tenant: TenantID?, until deadline: Moment) -> Bool {
        let own = lines[tenant]?.waiting.count ?? 0
        guard count < places, tenant == nil || own < placesPerTenant else { return false }
        if own == 0 { turns.append(tenant) }
        lines[tenant, default: Line()].waiting.append((waiter, deadline))
        count += 1
        return true
    }

    /// A lease went to the tenant without a wait.
    mutating func took(_ tenant: TenantID?) {
        lines[tenant, default: Line()].leases += 1
    }

    mutating func gaveBack(_ tenant: TenantID?) {
        lines[tenant]?.leases -= 1
        tidy(tenant)
    }

    /// Whose turn it is, who then has one lease more; nil where nobody waits that may have one.
    mutating func next() -> (waiter: Waiter, tenant: TenantID?)? {
        guard let index = turns.firstIndex(where: { room(for: $0) > 0 }) else { return nil }
        let tenant = turns.remove(at: index)
        guard let waiter = lines[tenant]?.waiting.removeFirst().waiter else { return nil }
        count -= 1
        lines[tenant]?.leases += 1
        if lines[tenant]?.waiting.isEmpty == false { turns.append(tenant) }
        return (waiter, tenant)
    }

    /// Whether it waited.
    mutating func remove(_ waiter: Waiter) -> Bool {
        !remove { $0.waiter == waiter }.isEmpty
    }

    /// Those whose deadlines are over, who then wait no more.
    mutating func expire(at now: Moment) -> [Waiter] {
        remove { $0.deadline <= now }
    }

    mutating func removeAll() -> [Waiter] {
        remove { _ in true }
    }

    private mutating func remove(where test: ((waiter: Waiter, deadline: Moment)) -> Bool) -> [Waiter] {
        var removed: [Waiter] = []
        for tenant in turns {
            removed += lines[tenant]?.waiting.filter(test).map(\.waiter) ?? []
            lines[tenant]?.waiting.removeAll(where: test)
            tidy(tenant)
        }
        turns.removeAll { lines[$0]?.waiting.isEmpty ?? true }
        count -= removed.count
        return removed
    }

    private mutating func tidy(_ tenant: TenantID?) {
        if let line = lines[tenant], line.leases == 0, line.waiting.isEmpty { lines[tenant] = nil }
    }
}
