internal import DequeModule

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

    private struct Line {
        /// Groups without an answer.
        var unanswered = 0
        /// How many there may be: one more with each quick answer, one after a slow answer.
        var share = 4
        var waiting = Deque<Waiting>()
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
    private var lines: [PipelineLine: Line] = [:]
    /// The lines in which groups wait, in the order of their turns.
    private var turns = Deque<PipelineLine>()
    /// Since when no connection has been up; nil while one is, and before the first.
    private var downSince: Moment?
    private(set) var waiting = 0
    private(set) var isClosed = false

    init(_ limits: Limits) {
        self.limits = limits
    }

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
        let isFirst = lines[line]?.waiting.isEmpty ?? true
        if isFirst, mayHaveMore(line), let index = freeLink(at: now) {
            send(in: line, on: index, at: now)
            return .send(links[index].id)
        }
        guard waiting < limits.waiting, lines[line]?.waiting.count ?? 0 < limits.waitingPerLine else {
            return .refuse(.poolExhausted)
        }
        if isFirst { turns.append(line) }
        lines[line, default: Line()].waiting.append(Waiting(group: group, deadline: deadline))
        waiting += 1
        return .wait
    }

    /// Nobody waits for the group any more. Whether that was in time: it had not been sent, and will not be.
    mutating func cancel(_ group: Group, in line: PipelineLine) -> Bool {
        remove(from: line) { $0.group === group } != nil
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
        var actions: [Action] = []
        for line in Array(lines.keys) {
            while let late = remove(from: line, where: { $0.deadline <= now }) {
                actions.append(.refuse(late.group, .poolExhausted))
            }
        }
        return actions
    }

    /// Sends what waits, one of each line in turn, as far as there are places.
    private mutating func dispatch(at now: Moment) -> [Action] {
        var actions: [Action] = []
        var passed = 0
        while passed < turns.count, let index = freeLink(at: now), let line = turns.popFirst() {
            guard mayHaveMore(line) else {
                turns.append(line)
                passed += 1
                continue
            }
            guard let next = lines[line]?.waiting.popFirst() else { continue }
            waiting -= 1
            send(in: line, on: index, at: now)
            actions.append(.send(next.group, links[index].id))
            if lines[line]?.waiting.isEmpty == false { turns.append(line) }
            passed = 0
        }
        return actions
    }

    private mutating func send(in line: PipelineLine, on index: Int, at now: Moment) {
        if links[index].unanswered.isEmpty { links[index].firstSince = now }
        links[index].unanswered.append(line)
        lines[line, default: Line()].unanswered += 1
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

    private func mayHaveMore(_ line: PipelineLine) -> Bool {
        lines[line].map { $0.unanswered < $0.share } ?? true
    }

    /// A group of the line is off the wire.
    private mutating func settle(_ line: PipelineLine, share: (Int) -> Int) {
        guard let known = lines[line]?.share else { return }
        let most = limits.window * links.count
        lines[line]?.unanswered -= 1
        lines[line]?.share = min(share(known), most)
        forgetIfIdle(line)
    }

    private mutating func remove(from line: PipelineLine, where isIt: (Waiting) -> Bool) -> Waiting? {
        guard let place = lines[line]?.waiting.firstIndex(where: isIt),
            let removed = lines[line]?.waiting.remove(at: place)
        else { return nil }
        waiting -= 1
        if lines[line]?.waiting.isEmpty == true, let turn = turns.firstIndex(of: line) { turns.remove(at: turn) }
        forgetIfIdle(line)
        return removed
    }

    private mutating func forgetIfIdle(_ line: PipelineLine) {
        if let known = lines[line], known.unanswered == 0, known.waiting.isEmpty { lines[line] = nil }
    }

    private mutating func refuseAll(_ error: PostgresError) -> [Action] {
        var actions: [Action] = []
        for line in Array(lines.keys) {
            while let next = remove(from: line, where: { _ in true }) { actions.append(.refuse(next.group, error)) }
        }
        return actions
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
