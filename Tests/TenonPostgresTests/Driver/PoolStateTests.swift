import Testing

@testable import TenonPostgres

@Suite("The rules of the pool of leases") struct PoolStateTests {
    private typealias PoolState = TenonPostgres.PoolState<Int>

    private let start = ContinuousClock.now

    private func pool(
        minimum: Int = 0, maximum: Int = 2, waiters: Int = 10, idle: Duration = .seconds(60),
        life: Duration = .seconds(3600), check: Duration = .seconds(30)
    ) -> PoolState {
        PoolState(
            PoolState.Limits(
                minimum: minimum, maximum: maximum, waiters: waiters, idleTime: idle, lifeTime: life,
                checkInterval: check))
    }

    private func at(_ seconds: Double) -> PoolState.Moment { start + .seconds(seconds) }

    @Test("The first one to ask gets the connection that is opened for it") func opensOnDemand() {
        var pool = pool()
        #expect(pool.acquire(1, deadline: at(5)) == [.open])
        #expect(pool.opened(10, at: at(0)) == [.give(10, to: 1)])
        #expect(pool.idleConnections == 0)
    }

    @Test("Waiters are served in the order they came") func firstInFirstOut() {
        var pool = pool(maximum: 1)
        #expect(pool.acquire(1, deadline: at(5)) == [.open])
        #expect(pool.acquire(2, deadline: at(5)) == [])
        #expect(pool.acquire(3, deadline: at(5)) == [])
        #expect(pool.opened(10, at: at(0)) == [.give(10, to: 1)])
        #expect(pool.release(10, isUsable: true, at: at(1)) == [.give(10, to: 2)])
        #expect(pool.release(10, isUsable: true, at: at(2)) == [.give(10, to: 3)])
    }

    @Test("No more connections are opened than the maximum") func maximum() {
        var pool = pool(maximum: 2)
        let actions = (1...5).flatMap { pool.acquire($0, deadline: at(5)) }
        #expect(actions == [.open, .open])
    }

    @Test("The connection used last is lent first, so that the others age") func lastInFirstOut() {
        var pool = pool()
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.acquire(2, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        _ = pool.opened(11, at: at(0))
        _ = pool.release(10, isUsable: true, at: at(1))
        _ = pool.release(11, isUsable: true, at: at(2))
        #expect(pool.acquire(3, deadline: at(5)) == [.give(11, to: 3)])
    }

    @Test("A waiter past its deadline is refused, and the one behind it is served") func deadline() {
        var pool = pool(maximum: 1)
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        _ = pool.acquire(2, deadline: at(5))
        _ = pool.acquire(3, deadline: at(9))
        #expect(pool.tick(at: at(4.9)) == [])
        #expect(pool.tick(at: at(5)) == [.refuse(2, .deadline)])
        #expect(pool.release(10, isUsable: true, at: at(6)) == [.give(10, to: 3)])
    }

    @Test("Past the bound of waiters the next one is refused at once") func boundedQueue() {
        var pool = pool(maximum: 1, waiters: 2)
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.acquire(2, deadline: at(5))
        #expect(pool.acquire(3, deadline: at(5)) == [.refuse(3, .exhausted)])
    }

    @Test("A waiter that is cancelled leaves its place, and no connection is lost") func cancelledWaiter() {
        var pool = pool(maximum: 1)
        _ = pool.acquire(1, deadline: at(5))
        #expect(pool.cancel(1) == [.refuse(1, .cancelled)])
        #expect(pool.opened(10, at: at(0)) == [])
        #expect(pool.acquire(2, deadline: at(5)) == [.give(10, to: 2)])
    }

    @Test("A cancellation after the lease was given changes nothing: the lease comes back by itself")
    func cancelledTooLate() {
        var pool = pool(maximum: 1)
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        #expect(pool.cancel(1) == [])
        #expect(pool.release(10, isUsable: true, at: at(1)) == [])
        #expect(pool.idleConnections == 1)
    }

    @Test("Idle connections are closed in time, down to the minimum") func idleKeepsMinimum() {
        var pool = pool(minimum: 1, maximum: 3, idle: .seconds(10))
        for waiter in 1...3 { _ = pool.acquire(waiter, deadline: at(5)) }
        for connection in 10...12 { _ = pool.opened(connection, at: at(0)) }
        for connection in 10...12 { _ = pool.release(connection, isUsable: true, at: at(Double(connection) - 9)) }
        #expect(pool.tick(at: at(10)) == [])
        #expect(pool.tick(at: at(11)) == [.close(10)])
        #expect(pool.tick(at: at(100)).filter { $0 == .close(11) || $0 == .close(12) }.count == 1)
        #expect(pool.connections == 1)
    }

    @Test("A connection past its life time is closed when it comes back, and replaced for who waits")
    func lifeTime() {
        var pool = pool(maximum: 1, life: .seconds(100))
        _ = pool.acquire(1, deadline: at(500))
        _ = pool.opened(10, at: at(0))
        #expect(pool.release(10, isUsable: true, at: at(99)) == [])
        _ = pool.acquire(2, deadline: at(500))
        _ = pool.acquire(3, deadline: at(500))
        #expect(pool.release(10, isUsable: true, at: at(100)) == [.close(10), .open])
        #expect(pool.opened(11, at: at(101)) == [.give(11, to: 3)])
    }

    @Test("A lease that comes back broken is closed and replaced for who waits") func brokenLease() {
        var pool = pool(maximum: 1)
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        _ = pool.acquire(2, deadline: at(5))
        #expect(pool.release(10, isUsable: false, at: at(1)) == [.close(10), .open])
    }

    @Test("A connection that breaks while it is out is not lent again") func lostOnLease() {
        var pool = pool(maximum: 1)
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        #expect(pool.lost(10) == [])
        #expect(pool.release(10, isUsable: true, at: at(1)) == [])
        #expect(pool.connections == 0)
        #expect(pool.acquire(2, deadline: at(5)) == [.open])
    }

    @Test("A connection that breaks while it rests is forgotten, and the minimum made good") func lostIdle() {
        var pool = pool(minimum: 1)
        #expect(pool.tick(at: at(0)) == [.open])
        #expect(pool.opened(10, at: at(0)) == [])
        #expect(pool.lost(10) == [.open])
        #expect(pool.connections == 0)
    }

    @Test("A resting connection is asked for a sign of life, and is nobody's meanwhile") func check() {
        var pool = pool(minimum: 1, maximum: 1, check: .seconds(30))
        _ = pool.tick(at: at(0))
        _ = pool.opened(10, at: at(0))
        #expect(pool.tick(at: at(29)) == [])
        #expect(pool.tick(at: at(30)) == [.check(10)])
        #expect(pool.acquire(1, deadline: at(40)) == [])
        #expect(pool.checked(10, isAlive: true, at: at(31)) == [.give(10, to: 1)])
        _ = pool.release(10, isUsable: true, at: at(32))
        #expect(pool.tick(at: at(61)) == [])
        #expect(pool.tick(at: at(62)) == [.check(10)])
        #expect(pool.checked(10, isAlive: false, at: at(63)) == [.close(10), .open])
    }

    @Test("A check does not make a connection young again") func checkKeepsIdleTime() {
        var pool = pool(minimum: 0, idle: .seconds(60), check: .seconds(30))
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        _ = pool.release(10, isUsable: true, at: at(0))
        #expect(pool.tick(at: at(30)) == [.check(10)])
        _ = pool.checked(10, isAlive: true, at: at(31))
        #expect(pool.tick(at: at(60)) == [.close(10)])
    }

    @Test("A server that cannot be reached is tried again with growing delays") func backOff() {
        var pool = pool(maximum: 1)
        #expect(pool.acquire(1, deadline: at(50)) == [.open])
        #expect(pool.openFailed(random: 0) == [.openLater(.milliseconds(50))])
        #expect(pool.acquire(2, deadline: at(50)) == [])
        #expect(pool.retry() == [.open])
        #expect(pool.openFailed(random: 0) == [.openLater(.milliseconds(100))])
        #expect(pool.retry() == [.open])
        #expect(pool.opened(10, at: at(1)) == [.give(10, to: 1)])
    }

    @Test("When the server is back, as many connections are opened as wait") func recoversInWidth() {
        var pool = pool(maximum: 3)
        for waiter in 1...3 { _ = pool.acquire(waiter, deadline: at(50)) }
        #expect(pool.openFailed(random: 0) == [.openLater(.milliseconds(50))])
        #expect(pool.openFailed() == [])
        #expect(pool.openFailed() == [])
        #expect(pool.retry() == [.open, .open, .open])
    }

    @Test("Nobody knocks at a server that nobody waits for") func noNeedNoRetry() {
        var pool = pool()
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.tick(at: at(6))
        #expect(pool.openFailed() == [])
    }

    @Test("A closed pool refuses, closes what rests at once and what is out as it comes back") func closing() {
        var pool = pool()
        _ = pool.acquire(1, deadline: at(5))
        _ = pool.acquire(2, deadline: at(5))
        _ = pool.opened(10, at: at(0))
        _ = pool.opened(11, at: at(0))
        _ = pool.release(10, isUsable: true, at: at(1))
        #expect(pool.close() == [.close(10)])
        #expect(pool.acquire(3, deadline: at(9)) == [.refuse(3, .closed)])
        #expect(pool.connections == 1)
        #expect(pool.release(11, isUsable: true, at: at(2)) == [.close(11)])
        #expect(pool.connections == 0)
    }

    @Test("A pool that closes refuses who waits, and closes what is still being opened") func closingWhileOpening() {
        var pool = pool()
        _ = pool.acquire(1, deadline: at(5))
        #expect(pool.close() == [.refuse(1, .closed)])
        #expect(pool.opened(10, at: at(1)) == [.close(10)])
        #expect(pool.connections == 0)
    }

    @Test("In 20,000 random steps no lease is lost, none is lent twice, and the bounds hold") func randomWalk() {
        var random = SplitMix(state: 7)
        var pool = pool(minimum: 1, maximum: 4, waiters: 6, idle: .seconds(20), life: .seconds(90))
        var leased: Set<Int> = []
        var opening = 0
        var waiting: Set<Int> = []
        var number = 100
        var now = start
        func apply(_ actions: [PoolState.Action]) {
            for action in actions {
                switch action {
                case .open: opening += 1
                case .give(let connection, let waiter):
                    #expect(leased.insert(connection).inserted)
                    #expect(waiting.remove(waiter) != nil)
                case .refuse(let waiter, _): #expect(waiting.remove(waiter) != nil)
                case .close(let connection): #expect(!leased.contains(connection))
                case .check(let connection):
                    #expect(!leased.contains(connection))
                    apply(pool.checked(connection, isAlive: random.next() % 4 > 0, at: now))
                case .openLater: apply(pool.retry())
                }
            }
        }
        for step in 0..<20_000 {
            now += .milliseconds(Int(random.next() % 2000))
            switch random.next() % 6 {
            case 0, 1:
                waiting.insert(step)
                apply(pool.acquire(step, deadline: now + .seconds(3)))
            case 2:
                if let connection = leased.min() {
                    leased.remove(connection)
                    apply(pool.release(connection, isUsable: random.next() % 5 > 0, at: now))
                }
            case 3:
                guard opening > 0 else { continue }
                opening -= 1
                number += 1
                apply(random.next() % 3 == 0 ? pool.openFailed() : pool.opened(number, at: now))
            case 4: if let waiter = waiting.min() { apply(pool.cancel(waiter)) }
            default: apply(pool.tick(at: now))
            }
            #expect(pool.connections + opening <= 4)
            #expect(pool.connections == pool.idleConnections + leased.count)
            #expect(pool.waiting == waiting.count)
        }
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test("Retired connections are closed: those that rest at once, the others as they come back") func retire() {
        var pool = pool(maximum: 3)
        for waiter in 1...3 { _ = pool.acquire(waiter, deadline: at(5)) }
        for connection in 10...12 { _ = pool.opened(connection, at: at(Double(connection - 10))) }
        _ = pool.release(10, isUsable: true, at: at(3))
        #expect(pool.retire(olderThan: .seconds(2), at: at(3.5)) == [.close(10)])
        #expect(pool.release(11, isUsable: true, at: at(4)) == [.close(11)])
        #expect(pool.release(12, isUsable: true, at: at(4)) == [])
        #expect(pool.connections == 1)
    }
}
