import TenonDomain
import Testing

@testable import TenonPostgres

@Suite("Turns at leases") struct LeaseQueueTests {
    private typealias PoolState = TenonPostgres.PoolState<Int>

    private let start = ContinuousClock.now
    private let one = TenantID(high: 0, low: 1)
    private let two = TenantID(high: 0, low: 2)

    private func pool(maximum: Int = 4, share: Int = 2, waiters: Int = 8) -> PoolState {
        PoolState(PoolState.Limits(minimum: 0, maximum: maximum, share: share, waiters: waiters))
    }

    private func at(_ seconds: Double) -> PoolState.Moment { start + .seconds(seconds) }

    @Test("A tenant has no more than its share, and the rest is opened for others") func share() {
        var pool = pool()
        #expect(pool.acquire(1, for: one, deadline: at(5)) == [.open])
        #expect(pool.acquire(2, for: one, deadline: at(5)) == [.open])
        #expect(pool.acquire(3, for: one, deadline: at(5)) == [])
        #expect(pool.opened(10, at: at(0)) == [.give(10, to: 1)])
        #expect(pool.opened(11, at: at(0)) == [.give(11, to: 2)])
        #expect(pool.acquire(4, for: two, deadline: at(5)) == [.open])
        #expect(pool.opened(12, at: at(0)) == [.give(12, to: 4)])
        #expect(pool.release(12, isUsable: true, at: at(1)) == [])
        #expect(pool.idleConnections == 1)
        #expect(pool.take(for: one) == nil)
        #expect(pool.release(10, isUsable: true, at: at(2)) == [.give(10, to: 3)])
    }

    @Test("Tenants take turns, however many of one came first") func turns() {
        var pool = pool(maximum: 1, share: 1)
        _ = pool.acquire(1, for: one, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        for waiter in 2...4 { _ = pool.acquire(waiter, for: one, deadline: at(5)) }
        for waiter in 5...6 { _ = pool.acquire(waiter, for: two, deadline: at(5)) }
        let order = (0..<5).map { _ in pool.release(10, isUsable: true, at: at(1)) }
        #expect(order == [2, 5, 3, 6, 4].map { [.give(10, to: $0)] })
    }

    @Test("A broken lease counts until it comes back, and then a waiter of the tenant has one that rests") func broken()
    {
        var pool = pool(maximum: 2, share: 1)
        _ = pool.acquire(1, for: one, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        _ = pool.acquire(2, for: two, deadline: at(5))
        _ = pool.opened(11, at: at(0))
        #expect(pool.release(11, isUsable: true, at: at(1)) == [])
        #expect(pool.acquire(3, for: one, deadline: at(5)) == [])
        #expect(pool.lost(10) == [])
        #expect(pool.release(10, isUsable: false, at: at(2)) == [.give(11, to: 3)])
    }

    @Test("Half of the waiting places are for one tenant, and a cancelled waiter leaves its place") func bound() {
        var pool = pool(maximum: 1, share: 1, waiters: 4)
        _ = pool.acquire(1, for: one, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        #expect(pool.acquire(2, for: one, deadline: at(5)) == [])
        #expect(pool.acquire(3, for: one, deadline: at(5)) == [])
        #expect(pool.acquire(4, for: one, deadline: at(5)) == [.refuse(4, .exhausted)])
        #expect(pool.cancel(2) == [.refuse(2, .cancelled)])
        #expect(pool.acquire(5, for: one, deadline: at(5)) == [])
        #expect(pool.acquire(6, for: two, deadline: at(4)) == [])
        #expect(pool.tick(at: at(4)) == [.refuse(6, .deadline)])
        #expect(pool.waiting == 2)
        #expect(pool.release(10, isUsable: true, at: at(4)) == [.give(10, to: 3)])
    }

    @Test("Whatever happens, no tenant has more than its share and no lease is lost") func storm() {
        var random = SystemRandomNumberGenerator()
        var pool = pool(maximum: 4, share: 2, waiters: 20)
        var leases: [Int: TenantID] = [:]
        var tenants: [Int: TenantID] = [:]
        var nextConnection = 100
        var opening = 0
        func perform(_ actions: [PoolState.Action]) {
            for action in actions {
                switch action {
                case .open: opening += 1
                case .give(let connection, let waiter): leases[connection] = tenants[waiter]
                case .refuse(let waiter, _): tenants[waiter] = nil
                case .openLater, .check, .close: break
                }
            }
        }
        for waiter in 0..<5000 {
            let tenant = TenantID(high: 0, low: UInt64.random(in: 1...3, using: &random))
            tenants[waiter] = tenant
            perform(pool.acquire(waiter, for: tenant, deadline: at(1_000_000)))
            if opening > 0, Bool.random(using: &random) {
                opening -= 1
                nextConnection += 1
                perform(pool.opened(nextConnection, at: at(Double(waiter))))
            }
            while !leases.isEmpty, Int.random(in: 0..<3, using: &random) > 0 {
                let connection = leases.keys.randomElement(using: &random)!
                leases[connection] = nil
                perform(pool.release(connection, isUsable: Int.random(in: 0..<8, using: &random) > 0, at: at(0)))
            }
            if waiter.isMultiple(of: 7) { perform(pool.cancel(waiter - Int.random(in: 0..<7, using: &random))) }
            for (_, count) in Dictionary(grouping: leases.values, by: \.self).mapValues(\.count) { #expect(count <= 2) }
            #expect(pool.connections <= 4)
            #expect(pool.connections == leases.count + pool.idleConnections)
        }
    }
}
