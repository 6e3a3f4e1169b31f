import TenonDomain
import TestSupport
import Testing

private let second: Int64 = 1_000_000_000

@Suite struct GCRATests {
    @Test("the burst counts the first request, and the one behind it waits for its turn")
    func burst() {
        let limit = RateLimit(perMinute: 3)
        var account = GCRA()
        for left in [2, 1, 0] {
            #expect(account.take(of: limit, at: 5) == .allowed)
            #expect(account.remaining(of: limit, at: 5) == Int64(left))
        }
        #expect(account.take(of: limit, at: 5) == .refused(wait: 20 * second))
        #expect(account.take(of: limit, at: 5 + 20 * second - 1) == .refused(wait: 1))
        #expect(account.take(of: limit, at: 5 + 20 * second) == .allowed)
    }

    @Test("a refusal takes nothing, and more than the burst never passes")
    func refusal() {
        let limit = RateLimit(perMinute: 10)
        var account = GCRA()
        #expect(account.take(11, of: limit, at: 0) == .refused(wait: nil))
        #expect(account.take(8, of: limit, at: 0) == .allowed)
        #expect(account.take(3, of: limit, at: 0) == .refused(wait: 6 * second))
        #expect(account.take(2, of: limit, at: 0) == .allowed)
        #expect(account.used(at: 0) == 60 * second && account.used(at: 70 * second) == 0)
    }

    @Test("who waits as long as told passes then, and not a nanosecond before", arguments: [1, 7, 120, 59_999, 60_000])
    func waiting(requests: Int) throws {
        let limit = RateLimit(perMinute: requests)
        var account = GCRA()
        #expect(account.take(limit.requests, of: limit, at: 0) == .allowed)
        guard case .refused(let wait?) = account.take(of: limit, at: 0) else {
            Issue.record("it passed")
            return
        }
        #expect(account.take(of: limit, at: wait - 1) == .refused(wait: 1))
        #expect(account.take(of: limit, at: wait) == .allowed)
    }

    @Test("whatever comes when, it decides as a leaky bucket does, and no span of time has more than it may")
    func model() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let limit = RateLimit(perMinute: Int.random(in: 1...500, using: &generator))
            var account = GCRA()
            var now: Int64 = 0
            var passed: [(at: Int64, count: Int64)] = []
            for _ in 0..<200 {
                let step = Int64.random(in: 0...(3 * limit.interval), using: &generator)
                now += Bool.random(using: &generator) ? 0 : step
                let count = Int64.random(in: 1...3, using: &generator)
                let isAllowed = account.take(count, of: limit, at: now) == .allowed
                // The bucket is emptied anew from everything that passed: slow, and in other words.
                var bucket: Int64 = 0
                var last: Int64 = 0
                for pass in passed {
                    bucket = max(0, bucket - (pass.at - last)) + pass.count * limit.interval
                    last = pass.at
                }
                bucket = max(0, bucket - (now - last)) + count * limit.interval
                #expect(isAllowed == (count <= limit.requests && bucket <= limit.tolerance))
                if isAllowed { passed.append((now, count)) }
            }
            for (index, first) in passed.enumerated() {
                var sum: Int64 = 0
                for pass in passed[index...] {
                    sum += pass.count
                    #expect((sum - limit.requests) * limit.interval <= pass.at - first.at)
                }
            }
        }
    }

    @Test("a limit never allows more than it says in the long run, whatever does not divide a minute")
    func rounding() {
        for requests in [1, 7, 11, 59, 61, 7777, 1_000_000_000] {
            let limit = RateLimit(perMinute: requests)
            #expect(limit.interval * limit.requests >= RateLimit.window)
            #expect((limit.interval - 1) * limit.requests < RateLimit.window)
        }
        #expect(RateLimit(perMinute: 0).requests == 1)
    }

    @Test("what is charged passes the limit, is owed, and never locks out for more than two windows")
    func charge() {
        let limit = RateLimit(perMinute: 60)
        var account = GCRA()
        account.charge(70 * second, at: 0)
        #expect(account.take(of: limit, at: 0) == .refused(wait: 11 * second))
        account.charge(.max / 2, at: 0)
        #expect(account.used(at: 0) == 2 * RateLimit.window)
    }
}

@Suite struct RateShareTests {
    private let limit = RateLimit(perMinute: 320)

    @Test("ahead of the account a process lets its share pass in a second, and all of it where the account answers")
    func share() {
        var share = RateShare()
        for _ in 0..<limit.share { #expect(share.take(of: limit, at: 0) == .allowed) }
        #expect(share.take(of: limit, at: 0) == .refused(wait: second))
        #expect(share.take(of: limit, at: second) == .allowed)
        let cost = share.book()
        #expect(cost == (limit.share + 1) * limit.interval)
        #expect(share.book() == nil)
        share.booked(used: cost ?? 0, at: second)
        for _ in 0..<limit.share { #expect(share.take(of: limit, at: second) == .allowed) }
    }

    @Test("what others used counts from the next answer on, and what passed meanwhile on top of it")
    func others() {
        var share = RateShare()
        #expect(share.take(of: limit, at: 0) == .allowed)
        _ = share.book()
        #expect(share.take(of: limit, at: 0) == .allowed)
        share.booked(used: 300 * limit.interval, at: 0)
        #expect(share.remaining(at: 0) == 19)
        #expect(share.hasUnbooked)
        share.booked(used: 320 * limit.interval, at: 0)
        #expect(share.take(of: limit, at: 0) == .refused(wait: 2 * limit.interval))
    }

    @Test("without the account the share goes on by itself, and everything is told once it is back")
    func outage() {
        var share = RateShare()
        var passed: Int64 = 0
        for half in 0..<240 {
            let now = Int64(half) * second / 2
            while share.take(of: limit, at: now) == .allowed { passed += 1 }
            if let cost = share.book() { share.failed(cost) }
        }
        let most = limit.requests + 120 * second / limit.interval
        #expect(passed <= most && passed >= most * 95 / 100)
        #expect(share.book() == passed * limit.interval)
    }

    @Test("what another limit refused is put back")
    func giveBack() {
        var share = RateShare()
        #expect(share.take(of: limit, at: 0) == .allowed)
        share.giveBack()
        #expect(share.remaining(at: 0) == 320 && !share.hasUnbooked && share.isIdle(at: 0))
        #expect(share.book() == nil)
    }
}
