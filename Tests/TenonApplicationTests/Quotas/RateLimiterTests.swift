import Synchronization
import TenonApplication
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

private let second: Int64 = 1_000_000_000

/// Nanoseconds that stand still.
private final class Ticks: Sendable {
    private let time = Mutex<Int64>(0)
    var now: Int64 { time.withLock { $0 } }
    func advance(_ nanoseconds: Int64) { time.withLock { $0 += nanoseconds } }
}

/// An account that can be out of reach.
private final class BrokenLedger: RateLedger {
    let isBroken = Mutex(false)
    let ledger: MemoryRateLedger

    init(_ ledger: MemoryRateLedger) {
        self.ledger = ledger
    }

    func book(_ bookings: [RateBooking]) async throws(Failure) -> [Int64] {
        if isBroken.withLock({ $0 }) { throw .unavailable("It is gone.") }
        return try await ledger.book(bookings)
    }

    func purge(at now: Timestamp) async throws(Failure) -> Int { try await ledger.purge(at: now) }
}

@Suite struct RateLimiterTests {
    private let ticks = Ticks()
    private let ids = Identifiers.forTests()

    private func limiter(_ ledger: any RateLedger, perTenant: Int) -> RateLimiter {
        RateLimiter(limits: RateLimits(perTenant: perTenant), ledger: ledger) { [ticks] in ticks.now }
    }

    private func ledger() -> MemoryRateLedger { MemoryRateLedger { [ticks] in ticks.now } }

    private func caller() -> RateSubject { RateSubject(.user, ids.next(User.self)) }

    @Test("one process lets pass what the limit says, to the last request")
    func alone() async throws {
        let limiter = limiter(ledger(), perTenant: 1200)
        let (caller, tenant): (RateSubject, TenantID) = (caller(), ids.next())
        var passed = 0
        for _ in 0..<1200 {
            // Refused are all that come ahead of the share, until the account has answered.
            while limiter.admit(caller, of: tenant, on: .free).exceeded == nil { passed += 1 }
            try await limiter.settle()
            ticks.advance(second / 10)
        }
        let most = 600 + 120 * 10
        #expect(passed <= most && passed >= most * 95 / 100, "\(passed)")
    }

    @Test("four processes together keep one limit, but for the share of each", arguments: [60, 600, 6000])
    func together(perTenant: Int) async throws {
        let ledger = ledger()
        let limiters = (0..<4).map { _ in limiter(ledger, perTenant: perTenant) }
        let tenant: TenantID = ids.next()
        let limit = RateLimit(perMinute: perTenant)
        var passed: Int64 = 0
        for step in 0..<1200 {
            for limiter in limiters {
                // Each caller has a limit of its own, which none of them reaches.
                while limiter.admit(self.caller(), of: tenant, on: .free).exceeded == nil { passed += 1 }
            }
            if step % 5 == 0 { for limiter in limiters { try await limiter.settle() } }
            let most = limit.requests + ticks.now / limit.interval
            #expect(passed <= most + 4 * limit.share, "\(passed) at \(ticks.now)")
            ticks.advance(second / 10)
        }
        let most = limit.requests + ticks.now / limit.interval
        #expect(passed >= most * 95 / 100, "\(passed) of \(most)")
    }

    @Test("whoever is over its own limit takes nothing of its tenant's, and the other way round")
    func own() async throws {
        let limiter = limiter(ledger(), perTenant: 120)
        let tenant: TenantID = ids.next()
        let (first, second) = (caller(), caller())
        var verdict = limiter.admit(first, of: tenant, on: .free)
        while verdict.exceeded == nil {
            verdict = limiter.admit(first, of: tenant, on: .free)
            try await limiter.settle()
        }
        #expect(verdict.exceeded?.policy == "user")
        #expect(limiter.admit(second, of: tenant, on: .free).standings.map(\.remaining) == [59, 59])
        try await limiter.settle()
        for _ in 0..<59 {
            #expect(limiter.admit(second, of: tenant, on: .free).exceeded == nil)
            try await limiter.settle()
        }
        let third = caller()
        let refused = limiter.admit(third, of: tenant, on: .free)
        #expect(refused.exceeded?.policy == "tenant" && refused.standings.first?.isExceeded == false)
        #expect(refused.exceeded?.wait == 500_000_000)
        let again = limiter.admit(third, of: tenant, on: .free)
        #expect(again.standings.first?.remaining == refused.standings.first?.remaining)
    }

    @Test("without the account requests go on within the limit, and it hears of them when it is back")
    func outage() async throws {
        let ledger = BrokenLedger(ledger())
        let limiter = limiter(ledger, perTenant: 600)
        let (caller, tenant): (RateSubject, TenantID) = (caller(), ids.next())
        ledger.isBroken.withLock { $0 = true }
        var passed: Int64 = 0
        for _ in 0..<60 {
            while limiter.admit(caller, of: tenant, on: .free).exceeded == nil { passed += 1 }
            let failed = await failure { () throws(Failure) in try await limiter.settle() }
            #expect(failed?.code == .serviceUnavailable)
            ticks.advance(second)
        }
        #expect(passed > 500 && passed <= 600)
        ledger.isBroken.withLock { $0 = false }
        try await limiter.settle()
        let used = try await ledger.book([
            RateBooking(caller, cost: 0), RateBooking(RateSubject(.tenant, tenant), cost: 0),
        ])
        #expect(used == [min(120 * second, passed * 200_000_000), min(120 * second, passed * 100_000_000)])
    }

    @Test("the limit is the plan's where nothing else is set, and half of it each caller's")
    func plans() {
        let limiter = RateLimiter(limits: RateLimits(), ledger: ledger()) { [ticks] in ticks.now }
        for (plan, requests) in [
            (TenantPlan.free, 120), (.starter, 600), (.professional, 6000), (.enterprise, 60_000),
        ] {
            let verdict = limiter.admit(caller(), of: ids.next(), on: plan)
            #expect(verdict.standings.map(\.limit.requests) == [Int64(requests / 2), Int64(requests)])
            #expect(verdict.standings.map(\.policy) == ["user", "tenant"])
        }
    }

    @Test("addresses are counted one by one, and an IPv6 network of 64 bits is one")
    func addresses() throws {
        let limiter = RateLimiter(limits: RateLimits(perAddress: 2), ledger: ledger()) { [ticks] in ticks.now }
        func admits(_ text: String) throws -> Bool {
            limiter.admit(try #require(IPAddress(text))).exceeded == nil
        }
        #expect(try [admits("192.0.2.1"), admits("192.0.2.1"), admits("192.0.2.1")] == [true, true, false])
        #expect(try admits("192.0.2.2"))
        #expect(try [admits("2001:db8::1"), admits("2001:db8::2:1"), admits("2001:db8::3")] == [true, true, false])
        #expect(try admits("2001:db8:0:1::1"))
        ticks.advance(30 * second)
        #expect(try [admits("192.0.2.1"), admits("192.0.2.1")] == [true, false])
    }
}
