internal import NIOCore
internal import TenonDomain

/// Jobs of many tenants. Tenants take turns, job by job, and one has `limit` jobs under way at most.
struct TurnQueue<Job> {
    private struct Line {
        var running = 0
        var jobs = CircularBuffer<Job>()
    }

    private let limit: Int
    private var lines: [TenantID?: Line] = [:]
    /// The tenants that have jobs waiting, in the order of their turns.
    private var turns = CircularBuffer<TenantID?>()

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ job: Job, of tenant: TenantID?) {
        if lines[tenant]?.jobs.isEmpty ?? true { turns.append(tenant) }
        lines[tenant, default: Line()].jobs.append(job)
    }

    /// The next job that may run, and whose it is; `ended` is called after it. Nil where none may.
    mutating func next() -> (job: Job, tenant: TenantID?)? {
        for _ in 0..<turns.count {
            let tenant = turns.removeFirst()
            guard lines[tenant]?.running ?? limit < limit, let job = lines[tenant]?.jobs.popFirst() else {
                turns.append(tenant)
                continue
            }
            lines[tenant]?.running += 1
            if lines[tenant]?.jobs.isEmpty == false { turns.append(tenant) }
            return (job, tenant)
        }
        return nil
    }

    /// A job of the tenant is done.
    mutating func ended(_ tenant: TenantID?) {
        lines[tenant]?.running -= 1
        if let line = lines[tenant], line.running == 0, line.jobs.isEmpty { lines[tenant] = nil }
    }
}
