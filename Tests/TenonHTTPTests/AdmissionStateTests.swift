import TenonDomain
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct AdmissionStateTests {
    private let start = ContinuousClock.now
    private let a = TenantID(high: 1, low: 1)
    private let b = TenantID(high: 1, low: 2)

    private func state(
        running: Int = 2, perTenant: Int = 2, waiting: Int = 8, waitingPerTenant: Int = 8
    ) -> AdmissionState<Int> {
        var limits = AdmissionLimits()
        limits.running = running
        limits.runningPerTenant = perTenant
        limits.waiting = waiting
        limits.waitingPerTenant = waitingPerTenant
        return AdmissionState(limits)
    }

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    private func isRun(_ entry: AdmissionState<Int>.Entry) -> Bool { if case .run = entry { true } else { false } }
    private func isWait(_ entry: AdmissionState<Int>.Entry) -> Bool { if case .wait = entry { true } else { false } }
    private func isTurnedAway(_ entry: AdmissionState<Int>.Entry) -> Bool {
        if case .turnAway = entry { true } else { false }
    }

    @Test("as many run as may; the next ones wait and go on in their order")
    func order() {
        var state = state()
        for waiter in 0..<2 { #expect(isRun(state.enter(waiter, of: a, at: at(0)))) }
        for waiter in 2..<5 { #expect(isWait(state.enter(waiter, of: a, at: at(1)))) }
        #expect(state.leave(a, at: at(2)).run == [2])
        #expect(state.leave(a, at: at(2)).run == [3])
        #expect((state.running, state.waiting) == (2, 1))
    }

    @Test("tenants take turns, however many requests one of them has waiting")
    func fairness() {
        var state = state(running: 1, perTenant: 1)
        _ = state.enter(0, of: a, at: at(0))
        for waiter in 1..<5 { _ = state.enter(waiter, of: a, at: at(0)) }
        _ = state.enter(100, of: b, at: at(0))
        #expect(state.leave(a, at: at(1)).run == [1])
        #expect(state.leave(a, at: at(1)).run == [100])
        #expect(state.leave(b, at: at(1)).run == [2])
    }

    @Test("one tenant does not take every place")
    func share() {
        var state = state(running: 3, perTenant: 2)
        #expect(isRun(state.enter(0, of: a, at: at(0))))
        #expect(isRun(state.enter(1, of: a, at: at(0))))
        #expect(isWait(state.enter(2, of: a, at: at(0))))
        #expect(isRun(state.enter(3, of: b, at: at(0))))
        #expect(state.leave(b, at: at(0)).run.isEmpty)
        #expect(state.leave(a, at: at(0)).run == [2])
    }

    @Test("where the queue is full, the tenant that waits most makes room for the others and gets none itself")
    func full() {
        var state = state(running: 1, perTenant: 1, waiting: 3, waitingPerTenant: 3)
        for waiter in 0..<4 { _ = state.enter(waiter, of: a, at: at(waiter)) }
        #expect(isTurnedAway(state.enter(4, of: a, at: at(4))))
        guard case .waitInsteadOf(let displaced) = state.enter(100, of: b, at: at(5)) else {
            Issue.record("the other tenant found no room")
            return
        }
        #expect(displaced == 1)
        #expect((state.waiting, state.turnedAway) == (3, 2))
    }

    @Test("in a burst a request waits out its patience and is then turned away")
    func patience() {
        var state = state(running: 1, perTenant: 1)
        _ = state.enter(0, of: a, at: at(0))
        _ = state.enter(1, of: a, at: at(10))
        #expect(state.expire(at: at(109)).isEmpty)
        #expect(state.expire(at: at(110)) == [1])
        #expect(state.waiting == 0)
    }

    /// Six requests come at once and one place frees every 30 ms or so: by 131 ms nobody has been in time for 100 ms.
    private func loaded() -> AdmissionState<Int> {
        var state = state(running: 1, perTenant: 1)
        for waiter in 0..<6 { _ = state.enter(waiter, of: a, at: at(0)) }
        for moment in [30, 60, 99] { _ = state.leave(a, at: at(moment)) }
        return state
    }

    @Test("under lasting load the newest goes first and whoever has waited is turned away soon")
    func load() {
        var state = loaded()
        _ = state.enter(6, of: a, at: at(128))
        _ = state.enter(7, of: a, at: at(129))
        let turn = state.leave(a, at: at(131))
        #expect(turn.turnAway == [4, 5])
        #expect(turn.run == [7])
        // Somebody was turned away a moment ago: still load.
        #expect(state.expire(at: at(146)) == [6])
        _ = state.enter(8, of: a, at: at(150))
        #expect(state.expire(at: at(155)) == [8])
        // Nobody was for a second: the next one is a burst's.
        _ = state.enter(9, of: a, at: at(1156))
        #expect(state.expire(at: at(1255)).isEmpty)
        #expect(state.expire(at: at(1256)) == [9])
    }

    @Test("a queue that moves quickly is no load, however long it lasts")
    func busy() {
        var state = state(running: 1, perTenant: 1)
        for waiter in 0..<4 { _ = state.enter(waiter, of: a, at: at(0)) }
        for moment in stride(from: 5, to: 1000, by: 5) {
            let turn = state.leave(a, at: at(moment))
            #expect(turn.turnAway.isEmpty)
            #expect(turn.run.count == 1)
            _ = state.enter(1000 + moment, of: a, at: at(moment))
        }
    }

    @Test("under load no more wait than can soon run, and a tenant that waits less still finds room")
    func loadedQueue() {
        var state = loaded()
        _ = state.leave(a, at: at(131))
        for waiter in 100..<110 { _ = state.enter(waiter, of: a, at: at(132)) }
        #expect((state.running, state.waiting) == (1, 1))
        for waiter in 200..<203 { _ = state.enter(waiter, of: nil, at: at(132)) }
        #expect(state.waiting == 1)
    }

    @Test("whatever comes and goes, nobody is lost and no place is leaked", arguments: 0..<50)
    func conservation(seed: Int) {
        var random = SeededNumbers(state: UInt64(seed) &+ 1)
        var state = state(running: 4, perTenant: 3, waiting: 10, waitingPerTenant: 6)
        let tenants: [TenantID?] = [nil, a, b]
        var running: [TenantID?] = []
        var waiting: [Int: TenantID?] = [:]
        var (entered, turnedAway, ran) = (0, 0, 0)
        func start(_ waiter: Int) {
            running.append(waiting.removeValue(forKey: waiter) ?? nil)
            ran += 1
        }
        for step in 0..<400 {
            if Bool.random(using: &random) || running.isEmpty {
                let tenant = tenants.randomElement(using: &random) ?? nil
                entered += 1
                waiting[entered] = tenant
                switch state.enter(entered, of: tenant, at: at(step)) {
                case .run: start(entered)
                case .wait: break
                case .turnAway:
                    waiting[entered] = nil
                    turnedAway += 1
                case .waitInsteadOf(let other):
                    waiting[other] = nil
                    turnedAway += 1
                }
            } else {
                let tenant = running.remove(at: Int.random(in: running.indices, using: &random))
                let turn = state.leave(tenant, at: at(step))
                for waiter in turn.turnAway { waiting[waiter] = nil }
                turnedAway += turn.turnAway.count
                turn.run.forEach(start)
            }
            #expect(state.running == running.count)
            #expect(state.waiting == waiting.count)
            #expect(running.count <= 4)
            for tenant in tenants { #expect(running.count { $0 == tenant } <= 3) }
        }
        #expect(entered == ran + turnedAway + waiting.count)
        #expect(state.turnedAway == turnedAway)
    }
}

private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

/// Requests that wait for something slow without their place.
@Suite struct SuspensionTests {
    private let start = ContinuousClock.now
    private let a = TenantID(high: 1, low: 1)
    private let b = TenantID(high: 1, low: 2)

    private func state(suspended: Int = 8, perTenant: Int = 8) -> AdmissionState<Int> {
        var limits = AdmissionLimits(running: 1)
        limits.suspended = suspended
        limits.suspendedPerTenant = perTenant
        limits.suspendedWithoutTenant = perTenant
        return AdmissionState(limits)
    }

    @Test("a request that waits gives its place to the next one, and goes on before those that have not begun")
    func place() {
        var state = state()
        _ = state.enter(0, of: nil, at: start)
        _ = state.enter(1, of: nil, at: start)
        _ = state.enter(2, of: nil, at: start)
        #expect(state.suspend(nil, toWaitFor: a, at: start)?.run == [1])
        #expect(state.resume(0, of: nil, afterWaitingFor: a, at: start).run.isEmpty)
        #expect(state.leave(nil, at: start).run == [0])
        #expect(state.leave(nil, at: start).run == [2])
        #expect(state.leave(nil, at: start).run.isEmpty)
        #expect((state.running, state.waiting) == (0, 0))
    }

    @Test("a request that wants its place again is never turned away")
    func patience() {
        var state = state()
        _ = state.enter(0, of: nil, at: start)
        #expect(state.suspend(nil, toWaitFor: a, at: start) != nil)
        _ = state.enter(1, of: nil, at: start)
        #expect(state.resume(0, of: nil, afterWaitingFor: a, at: start).run.isEmpty)
        #expect(state.expire(at: start + .seconds(60)).isEmpty)
        #expect(state.leave(nil, at: start + .seconds(60)).run == [0])
    }

    @Test("only so many wait for one tenant, and in all; who finds no room keeps the place")
    func bounds() {
        var state = state(suspended: 3, perTenant: 2)
        for request in 0..<2 {
            _ = state.enter(request, of: nil, at: start)
            #expect(state.suspend(nil, toWaitFor: a, at: start) != nil)
        }
        _ = state.enter(2, of: nil, at: start)
        #expect(state.suspend(nil, toWaitFor: a, at: start) == nil)
        #expect(state.suspend(nil, toWaitFor: b, at: start) != nil)
        _ = state.enter(3, of: nil, at: start)
        #expect(state.suspend(nil, toWaitFor: nil, at: start) == nil)
        #expect(state.running == 1)
        _ = state.leave(nil, at: start)
        #expect(state.resume(0, of: nil, afterWaitingFor: a, at: start).run == [0])
        #expect(state.suspend(nil, toWaitFor: a, at: start) != nil)
    }
}
