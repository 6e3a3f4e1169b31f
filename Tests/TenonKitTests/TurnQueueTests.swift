import Testing

@testable import TenonKit

@Suite("Waiting lines that take turns") struct TurnQueueTests {
    private typealias Queue = TurnQueue<String, Int>

    @Test("Holders take turns element by element, in the order in which they came") func turns() {
        var queue = Queue(each: .init(underway: 2))
        for element in 0..<3 { #expect(queue.add(element, of: "a") == true) }
        #expect(queue.add(100, of: "b") == true)
        #expect(queue.add(200, of: "c") == true)
        var order: [Int] = []
        while let (element, holder) = queue.next() {
            order.append(element)
            queue.end(holder)
        }
        #expect(order == [0, 100, 200, 1, 2])
        #expect((queue.count, queue.holders) == (0, 0))
    }

    @Test("A holder has as many under way as it may, and its next one waits for the end of one") func limit() {
        var queue = Queue(each: .init(underway: 1))
        for (element, holder) in [(0, "a"), (1, "a"), (100, "b")] { #expect(queue.add(element, of: holder) == true) }
        #expect(queue.startable == 2)
        #expect(queue.next()?.element == 0)
        #expect(queue.next()?.element == 100)
        #expect(queue.next() == nil)
        queue.end("b")
        #expect(queue.next() == nil)
        queue.end("a")
        #expect(queue.next()?.element == 1)
    }

    @Test("As many as may begin at once, the others in the order they came, and each holder for itself") func order() {
        var queue = Queue(each: .init(underway: 2, waiting: 10))
        #expect((1...2).map { _ in queue.take("a") } == [true, true])
        #expect(queue.take("a") == false)
        #expect((3...4).map { queue.add($0, of: "a") } == [true, true])
        #expect(queue.take("b") == true)
        for element in 3...4 {
            queue.end("a")
            #expect(queue.next()?.element == element)
        }
        queue.end("a")
        #expect(queue.next() == nil)
        #expect(queue.take("a") == true)
        #expect(queue.take("a") == false)
        for holder in ["a", "a", "b"] { queue.end(holder) }
        #expect(queue.holders == 0)
    }

    @Test("Nobody overtakes those who wait") func overtaking() {
        var queue = Queue(each: .init(underway: 2))
        #expect(queue.add(1, of: "a") == true)
        #expect(queue.take("a") == false)
        #expect(queue.next()?.element == 1)
        #expect(queue.take("a") == true)
    }

    @Test("Past the bound of a holder or of all the next one is refused; one that leaves makes room") func bounds() {
        var queue = Queue(each: .init(underway: 1, waiting: 2), waiting: 3, unbounded: ["service"])
        #expect(queue.take("a") == true)
        #expect((2...4).map { queue.add($0, of: "a") } == [true, true, false])
        #expect(queue.remove(of: "a") { $0 == 2 } == 2)
        #expect(queue.remove(of: "a") { $0 == 2 } == nil)
        #expect(queue.add(5, of: "a") == true)
        #expect(queue.add(6, of: "b") == true)
        #expect(queue.add(7, of: "c") == false)
        #expect(queue.holders == 2, "a refused holder leaves nothing")
        #expect(queue.next()?.element == 6)
        queue.end("a")
        #expect(queue.next()?.element == 3)
        #expect((1...9).map { _ in queue.take("service") } == Array(repeating: true, count: 9))
        #expect((1...3).map { queue.add($0, of: "service") } == [true, true, false])
    }

    @Test("The limit of a holder changes with what ends, until none of it is left") func changingLimit() {
        var queue = Queue(each: .init(underway: 2))
        #expect((1...2).map { _ in queue.take("a") } == [true, true])
        for element in 3...6 { #expect(queue.add(element, of: "a") == true) }
        queue.end("a") { _ in 1 }
        #expect(queue.next() == nil)
        queue.end("a") { $0 + 1 }
        #expect((1...3).map { _ in queue.next()?.element } == [3, 4, nil])
        #expect(queue.removeAll() == [5, 6])
        queue.end("a")
        queue.end("a")
        #expect((1...3).map { _ in queue.take("a") } == [true, true, false])
    }

    @Test("A holder that may have no more keeps its turn") func keptTurn() {
        var queue = Queue(each: .init(underway: 1))
        #expect(queue.take("a") == true)
        for (element, holder) in [(1, "a"), (2, "a"), (3, "b"), (4, "b")] {
            #expect(queue.add(element, of: holder) == true)
        }
        queue.end("a")
        var order: [Int] = []
        while let (element, holder) = queue.next() {
            order.append(element)
            queue.end(holder)
        }
        #expect(order == [1, 3, 2, 4])
    }

    @Test("A line that is emptied loses its turn") func emptied() {
        var queue = Queue(each: .init(underway: 1))
        for (element, holder) in [(1, "a"), (2, "b"), (3, "a")] { #expect(queue.add(element, of: holder) == true) }
        #expect(queue.removeAll { $0 % 2 == 1 } == [1, 3])
        #expect(queue.count == 1)
        #expect(queue.next()?.element == 2)
        #expect(queue.next() == nil)
    }

    @Test("Whatever happens, none is lost, no holder has more than its bound, and nothing that may begin waits")
    func storm() {
        var random = SystemRandomNumberGenerator()
        var queue = Queue(each: .init(underway: 2, waiting: 8), waiting: 20)
        var waiting: [Int: String] = [:]
        var underway: [String] = []
        for element in 0..<5_000 {
            let holder = ["a", "b", "c"].randomElement(using: &random)!
            if queue.take(holder) {
                underway.append(holder)
            } else if queue.add(element, of: holder) {
                waiting[element] = holder
            }
            if Bool.random(using: &random), let (element, holder) = waiting.randomElement(using: &random) {
                #expect(queue.remove(of: holder) { $0 == element } == element)
                waiting[element] = nil
            }
            if Bool.random(using: &random), let index = underway.indices.randomElement(using: &random) {
                queue.end(underway.remove(at: index))
            }
            while let (element, holder) = queue.next() {
                #expect(waiting.removeValue(forKey: element) == holder)
                underway.append(holder)
            }
            #expect(queue.count == waiting.count)
            #expect(Set(underway).union(waiting.values).count == queue.holders)
            for holder in Set(waiting.values) { #expect(underway.count { $0 == holder } == 2) }
        }
    }
}
