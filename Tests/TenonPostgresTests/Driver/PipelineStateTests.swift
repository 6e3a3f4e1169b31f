import TenonKit
import Testing

@testable import TenonPostgres

@Suite("The rules of a shared pipeline") struct PipelineStateTests {
    private final class Item: CustomStringConvertible {
        let description: String
        init(_ name: String) { description = name }
    }

    private typealias State = PipelineState<Item>

    private let start = ContinuousClock.now
    private let a = PipelineLine.tenant(high: 0, low: 1)
    private let b = PipelineLine.tenant(high: 0, low: 2)

    private func at(_ milliseconds: Int) -> State.Moment { start + .milliseconds(milliseconds) }

    /// With the connections 1, 2, … up.
    private func state(connections: Int = 1, window: Int = 16, waiting: Int = 100) -> State {
        var state = State(State.Limits(window: window, waiting: waiting, waitingPerLine: waiting))
        for connection in 1...connections { _ = state.opened(connection, at: at(0)) }
        return state
    }

    private func enter(
        _ state: inout State, _ name: String, _ line: PipelineLine, deadline: Int = 5000, at moment: Int = 0
    ) -> String {
        switch state.enter(Item(name), in: line, deadline: at(deadline), at: at(moment)) {
        case .send(let connection): "send on \(connection)"
        case .wait: "wait"
        case .refuse(let error): "refuse: \(error)"
        }
    }

    private func texts(_ actions: [State.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .send(let item, let connection): "send \(item) on \(connection)"
            case .refuse(let item, let error): "refuse \(item): \(error)"
            case .close(let connection): "close \(connection)"
            case .connect: "connect"
            }
        }
    }

    @Test("Groups go to the connection with the fewest under way") func spread() {
        var state = state(connections: 2)
        #expect((1...4).map { enter(&state, "\($0)", a) } == ["send on 1", "send on 2", "send on 1", "send on 2"])
        _ = state.answered(2, on: 2, at: at(1))
        #expect(enter(&state, "5", a, at: 1) == "send on 2")
    }

    @Test("Quick answers widen a line's share up to the window, and no further") func growth() {
        var state = state(window: 6)
        for number in 1...4 { #expect(enter(&state, "\(number)", a) == "send on 1") }
        for number in 5...10 { #expect(enter(&state, "\(number)", a) == "wait") }
        #expect(texts(state.answered(1, on: 1, at: at(1))) == ["send 5 on 1", "send 6 on 1"])
        #expect(texts(state.answered(1, on: 1, at: at(2))) == ["send 7 on 1", "send 8 on 1"])
        #expect(state.unanswered == 6)
        #expect(texts(state.answered(1, on: 1, at: at(3))) == ["send 9 on 1"])
        #expect((state.waiting, state.unanswered) == (1, 6))
    }

    @Test("After a slow answer a line has one group under way, until it is quick again") func slow() {
        var state = state()
        for number in 1...8 { _ = enter(&state, "\(number)", a) }
        #expect((state.waiting, state.unanswered) == (4, 4))
        #expect(texts(state.answered(1, on: 1, at: at(30))) == [])
        // The next ones are quick: each widens the share by one.
        #expect(texts(state.answered(1, on: 1, at: at(31))) == [])
        #expect(texts(state.answered(1, on: 1, at: at(32))) == ["send 5 on 1", "send 6 on 1"])
    }

    @Test("A late connection gets no more groups, and its neighbour takes them") func late() {
        var state = state(connections: 2)
        #expect(enter(&state, "slow", a) == "send on 1")
        #expect(enter(&state, "1", b, at: 25) == "send on 2")
        #expect(enter(&state, "2", b, at: 25) == "send on 2")
        #expect(enter(&state, "3", b, at: 50) == "wait")
        #expect(texts(state.answered(2, on: 2, at: at(60))) == ["send 3 on 2"])
    }

    @Test("Lines take turns, however much one of them has waiting") func turns() {
        var state = state(window: 1)
        _ = enter(&state, "a1", a)
        for number in 2...5 { _ = enter(&state, "a\(number)", a) }
        for number in 1...2 { _ = enter(&state, "b\(number)", b) }
        let order = (1...6).flatMap { texts(state.answered(1, on: 1, at: at($0))) }
        #expect(
            order == [
                "send a2 on 1", "send b1 on 1", "send a3 on 1", "send b2 on 1", "send a4 on 1", "send a5 on 1",
            ])
    }

    @Test("A cancelled group that waits is never sent; one that is under way counts until its answer") func cancel() {
        var state = state(window: 1)
        let (sent, waiting) = (Item("sent"), Item("waiting"))
        _ = state.enter(sent, in: a, deadline: at(5000), at: at(0))
        _ = state.enter(waiting, in: a, deadline: at(5000), at: at(0))
        _ = enter(&state, "other", b)
        #expect(state.cancel(waiting, in: a) == true)
        #expect(state.cancel(waiting, in: a) == false)
        #expect(state.cancel(sent, in: a) == false)
        #expect((state.waiting, state.unanswered) == (1, 1))
        #expect(texts(state.answered(1, on: 1, at: at(1))) == ["send other on 1"])
    }

    @Test("Past the bound of those that wait a group is refused, and one past its deadline as time goes by")
    func bounds() {
        var state = state(window: 1, waiting: 2)
        _ = enter(&state, "0", a)
        #expect(enter(&state, "1", a, deadline: 100) == "wait")
        #expect(enter(&state, "2", b, deadline: 200) == "wait")
        #expect(enter(&state, "3", b) == "refuse: \(PostgresError.poolExhausted)")
        #expect(texts(state.expire(at: at(99))) == [])
        #expect(texts(state.expire(at: at(100))) == ["refuse 1: \(PostgresError.poolExhausted)"])
        #expect(texts(state.answered(1, on: 1, at: at(101))) == ["send 2 on 1"])
    }

    @Test("What a lost connection had is settled, and its place is taken by a new one") func lost() {
        var state = state(window: 2)
        for number in 1...3 { _ = enter(&state, "\(number)", a) }
        #expect(texts(state.lost(1, at: at(1))) == ["connect"])
        #expect((state.waiting, state.unanswered, state.connections) == (1, 0, 0))
        #expect(enter(&state, "4", b, at: 2) == "wait")
        #expect(texts(state.opened(2, at: at(3))) == ["send 3 on 2", "send 4 on 2"])
        #expect(texts(state.lost(1, at: at(4))) == [])
    }

    @Test("Where no connection comes up, groups fail soon, and then at once") func down() {
        var state = state()
        _ = state.lost(1, at: at(0))
        #expect(enter(&state, "1", a, at: 10) == "wait")
        #expect(texts(state.expire(at: at(1000))) == [])
        let error = PostgresError.connectionLost("no connection is up")
        #expect(texts(state.expire(at: at(1001))) == ["refuse 1: \(error)"])
        #expect(enter(&state, "2", a, at: 1002) == "refuse: \(error)")
        _ = state.opened(2, at: at(1003))
        #expect(enter(&state, "3", a, at: 1004) == "send on 2")
    }

    @Test("A retired connection gets no more groups, answers what it has, and is replaced") func retire() {
        var state = state()
        _ = enter(&state, "1", a)
        #expect(texts(state.retire(olderThan: .seconds(1), at: at(999))) == [])
        #expect(texts(state.retire(olderThan: .seconds(1), at: at(1000))) == ["close 1", "connect"])
        #expect(enter(&state, "2", a, at: 1001) == "wait")
        #expect(texts(state.opened(2, at: at(1002))) == ["send 2 on 2"])
        #expect(state.unanswered == 2)
        #expect(texts(state.answered(1, on: 1, at: at(1003))) == [])
        #expect((state.unanswered, state.connections) == (1, 1))
        #expect(texts(state.lost(1, at: at(1004))) == [])
    }

    @Test("Closing refuses what waits and what comes, and closes what is up or comes up") func close() {
        var state = state(window: 1)
        for number in 1...2 { _ = enter(&state, "\(number)", a) }
        #expect(texts(state.close()) == ["refuse 2: \(PostgresError.closed)", "close 1"])
        #expect(enter(&state, "3", a) == "refuse: \(PostgresError.closed)")
        #expect(texts(state.opened(2, at: at(1))) == ["close 2"])
        #expect(texts(state.lost(1, at: at(2))) == [])
    }
}
