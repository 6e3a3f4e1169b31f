import Testing

@testable import TenonPostgres

@Suite("Turns at one thing") struct TurnQueueTests {
    @Test("As many as may have a turn at once, the others in the order they came, and each thing for itself")
    func order() {
        var queue = TurnQueue<String>(width: 2, places: 10)
        #expect((1...4).map { queue.enter($0, "a") } == [.go, .go, .wait, .wait])
        #expect(queue.enter(5, "b") == .go)
        #expect(queue.leave("a") == 3)
        #expect(queue.leave("a") == 4)
        #expect(queue.leave("a") == nil)
        #expect(queue.takeFree("a") == true)
        #expect(queue.takeFree("a") == false)
        for key in ["a", "a", "b"] { #expect(queue.leave(key) == nil) }
        #expect(queue.count == 0)
    }

    @Test("Past the bound the next one is refused, and who is cancelled leaves its place and gets no turn")
    func bound() {
        var queue = TurnQueue<String>(width: 1, places: 2)
        #expect((1...4).map { queue.enter($0, "a") } == [.go, .wait, .wait, .refuse])
        #expect(queue.cancel(2, "a") == true)
        #expect(queue.cancel(2, "a") == false)
        #expect(queue.cancel(1, "a") == false)
        #expect(queue.enter(5, "a") == .wait)
        #expect(queue.leave("a") == 3)
        #expect(queue.leave("a") == 5)
        #expect(queue.leave("a") == nil)
        #expect(queue.count == 0)
    }
}
