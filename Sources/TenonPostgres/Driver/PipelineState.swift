internal import DequeModule
internal import TenonKit

/// The rules of a shared pipeline, without any I/O: events go in, actions come out. Time comes with the events.
///
/// A connection has a bounded window of groups whose answers are not read yet, and answers them in their order. So each
/// group counts until its answer is read, whoever still waits for it, and those that find no place wait in lines that
/// take turns. A line whose last answer was slow has one group under way at a time, and a connection whose answer is
/// late gets no more until it comes: slow work delays nobody else's.
struct PipelineState<Group: AnyObject> {
    typealias Moment = ContinuousClock.Instant
    typealias Connection = Int

    struct Limits: Sendable {
        /// Groups without an answer per connection.
        var window = 16
        /// Groups that wait for a place.
        var waiting = 4096
        /// Of one line.
        var waitingPerLine = 2048
        /// From this on an answer is slow.
        var slow = Duration.milliseconds(20)
        /// How long groups wait when no connection is up; after that they fail at once.
        var patience = Duration.seconds(1)
    }

    enum Entry {
        case send(Connection)
        case wait
        case refuse(PostgresError)
    }

    enum Action {
        case send(Group, Connection)
        case refuse(Group, PostgresError)
        /// Close the connection as soon as everything on it is answered.
        case close(Connection)
        /// Connect, again and again until it works; answer with `opened`.
        case connect
    }

    private struct Waiting {
        let group: Group
        let deadline: Moment
    }

    private struct Link {
        let id: Connection
        let birth: Moment
        /// The lines of the groups without an answer, in the order of their answers.
        var unanswered = Deque<PipelineLine>()
        /// Since when the first of them is the first.
        var firstSince: Moment
        /// Gets no more groups.
        var isRetired = false
    }

    private let limits: Limits
    private var links: [Link] = []
    /// The groups that wait, and how many of each line have no answer. How many those may be: one more with each quick
    /// answer, one after a slow answer.
    private var queue: TurnQueue<PipelineLine, Waiting>
    /// Since when no connection has been up; nil while one is, and before the first.
    private var downSince: Moment?
    private(set) var isClosed = false

    init(_ limits: Limits) {
        self.limits = limits
        queue = TurnQueue(each: .init(underway: 4, waiting: limits.waitingPerLine), waiting: limits.waiting)
    }

    var waiting: Int { queue.count }

    /// Connections that are up.
    var connections: Int { links.count { !$0.isRetired } }
    /// Groups whose answers are not read yet.
    var unanswered: Int { links.reduce(0) { $0 + $1.unanswered.count } }
}

/// Groups that wait behind one another: those of a tenant or, where none is named, of a statement.
enum PipelineLine: Hashable, Sendable {
    case tenant(high: UInt64, low: UInt64)
    case statement(UInt)
}

// MARK: - Groups

extension PipelineState {
    /// A group comes. One that is sent counts as under way at once.
    mutating func enter(_ group: Group, in line: PipelineLine, deadline: Moment, at now: Moment) -> Entry {
        guard !isClosed else { return .refuse(.closed) }
        if let downSince, now - downSince > limits.patience {
            return .refuse(.connectionLost("no connection is up"))
        }
        if let index = freeLink(at: now), queue.take(line) {
            send(in: line, on: index, at: now)
            return .send(links[index].id)
        }
        return queue.add(Waiting(group: group, deadline: deadline), of: line) ? .wait : .refuse(.poolExhausted)
    }

    /// Nobody waits for the group any more. Whether that was in time: it had not been sent, and will not be.
    mutating func cancel(_ group: Group, in line: PipelineLine) -> Bool {
        queue.remove(of: line) { $0.group === group } != nil
    }

    /// The connection's next `count` answers have been read.
    mutating func answered(_ count: Int, on connection: Connection, at now: Moment) -> [Action] {
        guard let index = links.firstIndex(where: { $0.id == connection }) else { return [] }
        let isSlow = now - links[index].firstSince >= limits.slow
        for number in 0..<count {
            // Those behind the first were answered in no time.
            guard let line = links[index].unanswered.popFirst() else { break }
            settle(line) { isSlow && number == 0 ? 1 : $0 + 1 }
        }
        links[index].firstSince = now
        if links[index].isRetired, links[index].unanswered.isEmpty { links.remove(at: index) }
        return dispatch(at: now)
    }

    /// Groups that have waited too long are refused.
    mutating func expire(at now: Moment) -> [Action] {
        if let downSince, now - downSince > limits.patience {
            return refuseAll(.connectionLost("no connection is up"))
        }
        return queue.removeAll { $0.deadline <= now }.map { .refuse($0.group, .poolExhausted) }
    }

    /// Sends what waits, one of each line in turn, as far as there are places.
    private mutating func dispatch(at now: Moment) -> [Action] {
        var actions: [Action] = []
        while let index = freeLink(at: now), let next = queue.next() {
            send(in: next.holder, on: index, at: now)
            actions.append(.send(next.element.group, links[index].id))
        }
        return actions
    }

    private mutating func send(in line: PipelineLine, on index: Int, at now: Moment) {
        if links[index].unanswered.isEmpty { links[index].firstSince = now }
        links[index].unanswered.append(line)
    }

    /// The connection with the fewest groups under way, of those that are not late and have room.
    private func freeLink(at now: Moment) -> Int? {
        var best: Int?
        for (index, link) in links.enumerated()
        where !link.isRetired && link.unanswered.count < limits.window
            && (link.unanswered.isEmpty || now - link.firstSince < limits.slow)
        {
            if best.map({ link.unanswered.count < links[$0].unanswered.count }) ?? true { best = index }
        }
        return best
    }

    /// A group of the line is off the wire.
    private mutating func settle(_ line: PipelineLine, share: (Int) -> Int) {
        let most = limits.window * links.count
        queue.end(line) { min(share($0), most) }
    }

    private mutating func refuseAll(_ error: PostgresError) -> [Action] {
        queue.removeAll().map { .refuse($0.group, error) }
    }
}

// MARK: - Connections

extension PipelineState {
    /// A connection is there, and takes what waits.
    mutating func opened(_ connection: Connection, at now: Moment) -> [Action] {
        guard !isClosed else { return [.close(connection)] }
        links.append(Link(id: connection, birth: now, firstSince: now))
        downSince = nil
        return dispatch(at: now)
    }

    /// The connection broke, and with it what was under way on it.
    mutating func lost(_ connection: Connection, at now: Moment) -> [Action] {
        guard let index = links.firstIndex(where: { $0.id == connection }) else { return [] }
        while let line = links[index].unanswered.popFirst() { settle(line) { $0 } }
        let link = links.remove(at: index)
        noteDown(at: now)
        // For one that was retired another one is on its way.
        return isClosed || link.isRetired ? [] : dispatch(at: now) + [.connect]
    }

    /// Connections as old as this are of no more use: each is replaced, and closed when everything on it is answered.
    mutating func retire(olderThan age: Duration, at now: Moment) -> [Action] {
        var actions: [Action] = []
        for index in links.indices where !links[index].isRetired && now - links[index].birth >= age {
            links[index].isRetired = true
            actions += [.close(links[index].id), .connect]
        }
        links.removeAll { $0.isRetired && $0.unanswered.isEmpty }
        noteDown(at: now)
        return actions
    }

    /// No more groups. What is under way is answered.
    mutating func close() -> [Action] {
        isClosed = true
        let closed = links.filter { !$0.isRetired }.map { Action.close($0.id) }
        links = []
        return refuseAll(.closed) + closed
    }

    private mutating func noteDown(at now: Moment) {
        if connections == 0, downSince == nil { downSince = now }
    }
}
