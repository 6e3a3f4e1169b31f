import Testing

@testable import TenonKit

@Suite("The delays between tries") struct BackOffTests {
    private let bounds = Duration.milliseconds(50)...(.seconds(2))

    @Test("They double up to the longest and begin anew after a success") func doubling() {
        var backOff = BackOff(bounds)
        let delays = (0..<8).map { _ in backOff.next(random: 0).components.attoseconds / 1_000_000_000_000_000 }
        #expect(delays.prefix(5) == [50, 100, 200, 400, 800])
        #expect(backOff.next(random: 0) == .seconds(2))
        backOff.reset()
        #expect(backOff.next(random: 0) == .milliseconds(50))
    }

    @Test("Chance takes away up to a half") func jitter() {
        var backOff = BackOff(bounds)
        #expect(backOff.next(random: 1) == .milliseconds(25))
        for _ in 0..<100 {
            let delay = backOff.next()
            #expect(delay > .milliseconds(25) && delay <= .seconds(2))
        }
    }

    @Test("The first may be zero, the others grow up to the longest") func atOnce() {
        var backOff = BackOff(.milliseconds(100)...(.seconds(5)), jitter: 0, startsAtOnce: true)
        let delays = (0..<8).map { _ in backOff.next() }
        #expect(delays == [0, 100, 200, 400, 800, 1600, 3200, 5000].map { .milliseconds($0) })
        backOff.reset()
        #expect(backOff.next() == .zero)
        #expect(backOff.next() == .milliseconds(100))
    }

    @Test("A delay is not shorter than the other side asks, but for what chance takes off") func least() {
        var backOff = BackOff(bounds, factor: 3)
        #expect(backOff.next(atLeast: .seconds(1), random: 0) == .seconds(1))
        #expect(backOff.next(atLeast: .milliseconds(1), random: 0) == .milliseconds(150))
        #expect(backOff.next(atLeast: .seconds(9), random: 1) == .milliseconds(4500))
    }
}
