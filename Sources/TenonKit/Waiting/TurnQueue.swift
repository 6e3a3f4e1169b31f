public import DequeModule

/// A waiting line for each holder, such as a tenant, and how much each has under way. Holders take turns, one element each;
/// within a line the first comes first. No I/O and no clock.
///
/// Public and inlinable, as `OneShot` is: pools and pipelines of other modules use it for every statement, and code that is
/// not specialised there takes twice the time.
public struct TurnQueue<Holder: Hashable, Element> {
    /// The most of one holder.
    public struct Bounds: Sendable {
        @usableFromInline var underway: Int
        @usableFromInline let waiting: Int

        /// How many are under way and how many wait, by default without bounds.
        @inlinable public init(underway: Int = .max, waiting: Int = .max) {
            self.underway = underway
            self.waiting = waiting
        }
    }

    @usableFromInline
    struct Line {
        @usableFromInline var bounds: Bounds
        @usableFromInline var underway = 0
        @usableFromInline var waiting = Deque<Element>()
        /// Lines go by this number. It is kept while the holder may have no more under way.
        @usableFromInline var turn = 0

        @inlinable init(_ bounds: Bounds) {
            self.bounds = bounds
        }

        @inlinable var hasRoom: Bool { underway < bounds.underway }
        /// Its first element may go.
        @inlinable var isReady: Bool { hasRoom && !waiting.isEmpty }
        @inlinable var isIdle: Bool { underway == 0 && waiting.isEmpty }
    }

    @usableFromInline
    struct Turn {
        @usableFromInline let number: Int
        @usableFromInline let holder: Holder

        @inlinable init(_ number: Int, _ holder: Holder) {
            self.number = number
            self.holder = holder
        }
    }

    @usableFromInline let bounds: Bounds
    @usableFromInline let maxWaiting: Int
    @usableFromInline let unbounded: Set<Holder>
    @usableFromInline var lines: [Holder: Line] = [:]
    /// Of the lines that are ready, in their order.
    @usableFromInline var turns = Deque<Turn>()
    @usableFromInline var lastTurn = 0
    @usableFromInline var waiting = 0

    /// `waiting` is how many elements may wait in all. `unbounded` holders have no bounds of their own.
    @inlinable
    public init(each bounds: Bounds = Bounds(), waiting: Int = .max, unbounded: Set<Holder> = []) {
        self.bounds = bounds
        self.unbounded = unbounded
        maxWaiting = waiting
    }

    /// Elements that wait.
    @inlinable public var count: Int { waiting }
    /// Whether none waits.
    @inlinable public var isEmpty: Bool { waiting == 0 }
    /// Holders that have an element waiting or under way.
    public var holders: Int { lines.count }
    /// Of the elements that wait, how many could begin now.
    public var startable: Int {
        turns.reduce(0) { sum, turn in
            sum + (lines[turn.holder].map { min($0.waiting.count, $0.bounds.underway - $0.underway) } ?? 0)
        }
    }
}

// MARK: - Beginning and ending

extension TurnQueue {
    /// Begins one of the holder at once, where none of it waits and it may have one more under way. `end` follows.
    @inlinable
    public mutating func take(_ holder: Holder) -> Bool {
        if let index = lines.index(forKey: holder) {
            guard lines.values[index].waiting.isEmpty, lines.values[index].hasRoom else { return false }
            lines.values[index].underway += 1
            return true
        }
        var line = newLine(holder)
        guard line.hasRoom else { return false }
        line.underway = 1
        lines[holder] = line
        return true
    }

    /// Puts an element at the end of the holder's line. False where too many wait, in all or of the holder.
    @inlinable
    public mutating func add(_ element: Element, of holder: Holder) -> Bool {
        guard waiting < maxWaiting else { return false }
        if lines[holder] == nil { lines[holder] = newLine(holder) }
        guard let index = lines.index(forKey: holder) else { return false }
        guard lines.values[index].waiting.count < lines.values[index].bounds.waiting else {
            forget(index)
            return false
        }
        lines.values[index].waiting.append(element)
        waiting += 1
        if lines.values[index].waiting.count == 1 { takeTurn(index) }
        return true
    }

    /// Begins the element whose turn it is; nil where none may begin. `end` follows.
    @inlinable
    public mutating func next() -> (element: Element, holder: Holder)? {
        guard let holder = turns.popFirst()?.holder, let index = lines.index(forKey: holder) else { return nil }
        let element = lines.values[index].waiting.removeFirst()
        lines.values[index].underway += 1
        waiting -= 1
        if !lines.values[index].waiting.isEmpty { takeTurn(index) }
        return (element, holder)
    }

    /// One of the holder has ended. `limit` changes how many it may have under way until none of it is left.
    @inlinable
    public mutating func end(_ holder: Holder, limit: (Int) -> Int = { $0 }) {
        guard let index = lines.index(forKey: holder) else { return }
        let wasReady = lines.values[index].isReady
        lines.values[index].underway -= 1
        lines.values[index].bounds.underway = limit(lines.values[index].bounds.underway)
        noteReady(index, wasReady)
        forget(index)
    }

    @inlinable
    func newLine(_ holder: Holder) -> Line {
        Line(unbounded.contains(holder) ? Bounds() : bounds)
    }

    /// The line's next turn comes after those of all lines that wait now.
    @inlinable
    mutating func takeTurn(_ index: Dictionary<Holder, Line>.Index) {
        lastTurn += 1
        lines.values[index].turn = lastTurn
        noteReady(index, false)
    }

    @inlinable
    mutating func noteReady(_ index: Dictionary<Holder, Line>.Index, _ wasReady: Bool) {
        let isReady = lines.values[index].isReady
        if isReady == wasReady { return }
        let number = lines.values[index].turn
        if isReady {
            let place = turns.lastIndex { $0.number < number }.map { $0 + 1 } ?? 0
            turns.insert(Turn(number, lines.keys[index]), at: place)
        } else {
            turns.removeAll { $0.number == number }
        }
    }

    @inlinable
    mutating func forget(_ index: Dictionary<Holder, Line>.Index) {
        if lines.values[index].isIdle { lines.remove(at: index) }
    }
}

// MARK: - Leaving

extension TurnQueue {
    /// Takes the holder's first element out that matches; nil where none waits.
    @inlinable
    public mutating func remove(of holder: Holder, where matches: (Element) -> Bool) -> Element? {
        guard let index = lines.index(forKey: holder),
            let place = lines.values[index].waiting.firstIndex(where: matches)
        else { return nil }
        let wasReady = lines.values[index].isReady
        let element = lines.values[index].waiting.remove(at: place)
        waiting -= 1
        noteReady(index, wasReady)
        forget(index)
        return element
    }

    /// Takes all elements out that match.
    @inlinable
    public mutating func removeAll(where matches: (Element) -> Bool = { _ in true }) -> [Element] {
        guard waiting > 0 else { return [] }
        var removed: [Element] = []
        for holder in Array(lines.keys) {
            while let element = remove(of: holder, where: matches) { removed.append(element) }
        }
        return removed
    }
}
