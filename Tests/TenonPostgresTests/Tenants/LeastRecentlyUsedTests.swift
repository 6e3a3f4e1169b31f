import Testing

@testable import TenonPostgres

@Suite struct LeastRecentlyUsedTests {
    private typealias Kept = LeastRecentlyUsed<String, String>
    private let start = ContinuousClock.now

    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// Uses the key for a moment.
    private func touch(_ kept: inout Kept, _ key: String, _ second: Int) -> [String] {
        let (_, ticket) = kept.take(key, at: at(second)) { "\(key)@\(second)" }
        return kept.giveBack(ticket, at: at(second))
    }

    @Test("past the capacity the one used least recently is closed")
    func eviction() {
        var kept = Kept(capacity: 2, idleTime: .seconds(60))
        #expect(touch(&kept, "a", 0) == [])
        #expect(touch(&kept, "b", 1) == [])
        #expect(touch(&kept, "a", 2) == [])
        #expect(touch(&kept, "c", 3) == ["b@1"])
        #expect(kept.resource(of: "a") == "a@0")
        #expect(kept.resource(of: "b") == nil)
        #expect(kept.count == 2)
    }

    @Test("what is in use is never closed, and what is too many goes with its last use")
    func inUse() {
        var kept = Kept(capacity: 1, idleTime: .seconds(60))
        let (_, first) = kept.take("a", at: at(0)) { "a" }
        let (_, again) = kept.take("a", at: at(1)) { "never" }
        let (_, second) = kept.take("b", at: at(2)) { "b" }
        #expect(kept.count == 2)
        #expect(kept.giveBack(first, at: at(3)) == [])
        #expect(kept.giveBack(second, at: at(4)) == ["b"])
        #expect(kept.giveBack(again, at: at(5)) == [])
        #expect(kept.expire(at: at(64)) == [])
        #expect(kept.expire(at: at(65)) == ["a"])
        #expect(kept.count == 0)
    }

    @Test("what is retired in use is closed behind its last use, and no successor is mistaken for it")
    func retirement() {
        var kept = Kept(capacity: 4, idleTime: .seconds(60))
        let (_, old) = kept.take("a", at: at(0)) { "old" }
        #expect(kept.retire(old) == [])
        let (resource, new) = kept.take("a", at: at(1)) { "new" }
        #expect(resource == "new")
        #expect(kept.giveBack(old, at: at(2)) == ["old"])
        #expect(kept.giveBack(old, at: at(2)) == [])
        #expect(kept.resource(of: "a") == "new")
        #expect(kept.giveBack(new, at: at(3)) == [])
        #expect(kept.retire(new) == ["new"])
    }
}
