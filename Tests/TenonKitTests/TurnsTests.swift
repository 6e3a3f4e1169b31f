import TestSupport
import Testing

@testable import TenonKit

@Suite("Turns at one thing") struct TurnsTests {
    private func outcome(_ turns: Turns<String>, _ key: String) async -> TurnError? {
        do throws(TurnError) {
            try await turns.take(key)
            return nil
        } catch {
            return error
        }
    }

    @Test("A task waits for the end of another one's turn, and each thing is for itself") func waiting() async throws {
        let turns = Turns<String>()
        try await turns.take("a")
        try await turns.take("b")
        let next = Task { await outcome(turns, "a") }
        try await until { turns.waiting == 1 }
        turns.end("b")
        #expect(turns.waiting == 1)
        turns.end("a")
        #expect(await next.value == nil)
        #expect(turns.takeFree("a") == false)
        turns.end("a")
        #expect(turns.takeFree("a"))
    }

    @Test("Tasks are served in the order they came") func order() async throws {
        let turns = Turns<String>()
        try await turns.take("a")
        let (numbers, next) = AsyncStream.makeStream(of: Int.self)
        for number in 1...3 {
            Task {
                _ = await outcome(turns, "a")
                next.yield(number)
                turns.end("a")
            }
            try await until { turns.waiting == number }
        }
        turns.end("a")
        var order: [Int] = []
        for await number in numbers {
            order.append(number)
            if order.count == 3 { break }
        }
        #expect(order == [1, 2, 3])
    }

    @Test("One that comes when too many wait is refused at once, and the others get their turns")
    func bounded() async throws {
        let turns = Turns<String>(waiting: 64)
        try await turns.take("a")
        try await turns.take("b")
        let refused = await withTaskGroup(of: TurnError?.self) { group in
            for _ in 1...67 {
                group.addTask {
                    let refused = await outcome(turns, "a")
                    if refused == nil { turns.end("a") }
                    return refused
                }
            }
            var refused = 0
            for await error in group where error == .tooManyWait {
                refused += 1
                // Nobody has got a turn until now.
                if refused == 3 { turns.end("a") }
            }
            return refused
        }
        #expect(refused == 3)
        #expect(turns.takeFree("a"))
    }

    @Test("A cancelled task leaves its place, and one cancelled before takes none") func cancellation() async throws {
        let turns = Turns<String>()
        try await turns.take("a")
        let waiting = Task { await outcome(turns, "a") }
        try await until { turns.waiting == 1 }
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        #expect(turns.waiting == 0)
        let early = Task {
            while !Task.isCancelled { await Task.yield() }
            return await outcome(turns, "a")
        }
        early.cancel()
        #expect(await early.value == .cancelled)
        turns.end("a")
        #expect(turns.takeFree("a"))
    }

    @Test("A task waits for as long as its patience lasts") func patience() async throws {
        let turns = Turns<String>(patience: .milliseconds(1))
        try await turns.take("a")
        #expect(await outcome(turns, "a") == .timedOut)
        #expect(turns.waiting == 0)
    }

    @Test("Under cancellation from all sides every turn comes back") func storm() async {
        let turns = Turns<Int>(width: 2, waiting: 20, patience: .seconds(60))
        await withTaskGroup { group in
            for number in 0..<2_000 {
                group.addTask {
                    let task = Task {
                        guard (try? await turns.take(number % 3)) != nil else { return }
                        await Task.yield()
                        turns.end(number % 3)
                    }
                    if number % 2 == 0 { task.cancel() }
                    await task.value
                }
            }
        }
        #expect(turns.waiting == 0)
        for key in 0..<3 { #expect((0..<3).map { _ in turns.takeFree(key) } == [true, true, false]) }
    }
}
