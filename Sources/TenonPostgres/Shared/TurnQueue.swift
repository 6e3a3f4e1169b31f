/// Lets a few at a time have each thing, in the order they came; the others wait, up to a bound. No I/O.
struct TurnQueue<Key: Hashable> {
    typealias Ticket = Int

    enum Entry {
        case go, wait, refuse
    }

    private struct Line {
        var underway = 0
        var waiting: [Ticket] = []
    }

    private let width: Int
    private let places: Int
    private var lines: [Key: Line] = [:]

    /// `width` is how many have a turn at a time, `places` how many may wait, both for one key.
    init(width: Int, places: Int) {
        self.width = width
        self.places = places
    }

    /// Keys of which somebody has a turn.
    var count: Int { lines.count }

    /// Has a turn at once where one is free.
    mutating func takeFree(_ key: Key) -> Bool {
        guard lines[key]?.underway ?? 0 < width else { return false }
        lines[key, default: Line()].underway += 1
        return true
    }

    mutating func enter(_ ticket: Ticket, _ key: Key) -> Entry {
        if takeFree(key) { return .go }
        guard lines[key]?.waiting.count ?? 0 < places else { return .refuse }
        lines[key]?.waiting.append(ticket)
        return .wait
    }

    /// A turn is over; answers who has the next one.
    mutating func leave(_ key: Key) -> Ticket? {
        if lines[key]?.waiting.isEmpty == false { return lines[key]?.waiting.removeFirst() }
        lines[key]?.underway -= 1
        if lines[key]?.underway == 0 { lines[key] = nil }
        return nil
    }

    /// Whether it waited; then it does no more.
    mutating func cancel(_ ticket: Ticket, _ key: Key) -> Bool {
        guard let index = lines[key]?.waiting.firstIndex(of: ticket) else { return false }
        lines[key]?.waiting.remove(at: index)
        return true
    }
}
