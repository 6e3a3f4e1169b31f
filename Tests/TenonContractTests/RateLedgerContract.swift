import TenonApplication
import TenonDomain
import TestSupport
import Testing

private let second: Int64 = 1_000_000_000

@Suite struct RateLedgerContract {
    @Test("bookings that race are all added, each once", arguments: StorageAdapter.allCases)
    func race(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let subjects = (0..<3).map { _ in RateSubject(.user, storage.ids.next(User.self)) }
            let begun = GCRA.monotonicNanoseconds()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    let order = number % 2 == 0 ? subjects : subjects.reversed()
                    group.addTask {
                        _ = try await storage.rateLedger.book(order.map { RateBooking($0, cost: 4 * second) })
                    }
                }
                try await group.waitForAll()
            }
            let used = try await storage.rateLedger.book(subjects.map { RateBooking($0, cost: 0) })
            let passed = GCRA.monotonicNanoseconds() - begun
            for used in used { #expect(used <= 80 * second && used >= 80 * second - passed) }
        }
    }

    @Test("kinds with one id are apart, answers come in the order of the questions", arguments: StorageAdapter.allCases)
    func kinds(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let id: UserID = storage.ids.next()
            let used = try await storage.rateLedger.book([
                RateBooking(RateSubject(.user, id), cost: 30 * second),
                RateBooking(RateSubject(.apiKey, id), cost: 60 * second),
                RateBooking(RateSubject(.tenant, id), cost: 90 * second),
            ])
            #expect(used.map { ($0 + second) / (30 * second) } == [1, 2, 3])
            #expect(try await storage.rateLedger.book([]) == [])
        }
    }

    @Test(
        "what is owed is two windows at most, and what is used up by time is forgotten",
        arguments: StorageAdapter.allCases)
    func bounds(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (debtor, idle) = (
                RateSubject(.user, storage.ids.next(User.self)), RateSubject(.user, storage.ids.next(User.self))
            )
            for _ in 0..<2 {
                let used = try await storage.rateLedger.book([RateBooking(debtor, cost: 1000 * second)])[0]
                #expect(used <= 2 * RateLimit.window && used > RateLimit.window)
            }
            #expect(try await storage.rateLedger.book([RateBooking(idle, cost: 0)]) == [0])
            #expect(try await storage.rateLedger.purge(at: storage.clock.now()) == 1)
            #expect(try await storage.rateLedger.purge(at: storage.clock.now()) == 0)
            #expect(try await storage.rateLedger.book([RateBooking(debtor, cost: 0)])[0] > RateLimit.window)
        }
    }

    @Test(
        "four limiters over one account race for one limit and keep it, and one alone has all of it",
        arguments: StorageAdapter.allCases)
    func limiters(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            for processes in [1, 4] {
                let limit = RateLimit(perMinute: 1200)
                let tenant: TenantID = storage.ids.next()
                let begun = GCRA.monotonicNanoseconds()
                let counts = await withTaskGroup(of: Int64.self) { group in
                    for _ in 0..<processes {
                        group.addTask { await Self.exhaust(tenant, storage) }
                    }
                    return await group.reduce(into: [Int64]()) { $0.append($1) }
                }
                let passed = counts.reduce(0, +)
                let most = limit.requests + (GCRA.monotonicNanoseconds() - begun) / limit.interval + 1
                #expect(passed <= most + Int64(processes - 1) * limit.share, "\(counts)")
                #expect(passed >= limit.requests * 95 / 100, "\(counts)")
            }
        }
    }

    /// Asks, each time as another caller, until the account says that nothing is left.
    private static func exhaust(_ tenant: TenantID, _ storage: Storage) async -> Int64 {
        let limiter = RateLimiter(limits: RateLimits(perTenant: 1200), ledger: storage.rateLedger)
        var passed: Int64 = 0
        while passed < 5000 {
            let verdict = limiter.admit(
                RateSubject(.user, storage.ids.next(User.self)), of: tenant, on: .professional)
            if verdict.exceeded == nil {
                passed += 1
                if passed % 16 == 0 { try? await limiter.settle() }
            } else {
                try? await limiter.settle()
                let account = try? await storage.rateLedger.book([RateBooking(RateSubject(.tenant, tenant), cost: 0)])
                if let used = account?.first, used >= RateLimit.window - second / 10 { return passed }
            }
        }
        return passed
    }
}
