extension JSONPatch {
    /// A patch that leads from one value to another. Objects are compared member by member; arrays are aligned by
    /// their longest common subsequence, where that is affordable, else by position. What would be much longer in
    /// pieces is replaced as a whole, so that the patch is some four times as long as the target at most, and so is what
    /// lies deeper than 64 levels. It uses `add`, `remove` and `replace` alone. The time is bounded by the size of both
    /// values times their depth. Fails as `WorkBudget.spend` and `hold` do.
    public static func diff(
        from: JSONValue, to: JSONValue, charging budget: WorkBudget = .unlimited
    ) throws(KitError) -> JSONPatch {
        var difference = JSONDifference(budget: budget)
        difference.compare(from, to)
        try difference.meter.settle()
        try budget.hold(difference.length)
        return JSONPatch(difference.operations)
    }
}

/// Collects the operations that transform one value into another.
private struct JSONDifference {
    private(set) var operations: [JSONPatch.Operation] = []
    /// A step pays for a quarter of a compared member or element, or for three pairs of elements. When it is exhausted,
    /// the rest is not compared.
    var meter: StepMeter
    private var path: [JSONPathStep] = []
    /// The approximate length of the operations as text.
    private(set) var length = 0
    /// From this length the compared part is replaced as a whole.
    private var limit = Int.max
    /// The remaining number of pairs of elements to compare when aligning arrays; four million temporarily take 8 MiB.
    private var pairs = 4_000_000

    init(budget: WorkBudget) {
        meter = StepMeter(.max, of: budget)
    }

    mutating func compare(_ from: JSONValue, _ to: JSONValue) {
        // Measuring and comparing takes time proportional to both, again at each level.
        guard meter.spend(4 * (from.size + to.size)) else { return }
        let (start, count, outerLimit) = (length, operations.count, limit)
        limit = min(outerLimit, start + 4 * to.approximateLength + 512)
        switch (from, to) {
        case (.object(let from), .object(let to)) where path.count < Self.maxDepth: compare(from, to)
        case (.array(let from), .array(let to)) where path.count < Self.maxDepth: compare(from, to)
        default: if from != to { append(.replace(path: pointer, value: to), to) }
        }
        if length > limit {
            operations.removeSubrange(count...)
            length = start
            append(.replace(path: pointer, value: to), to)
        }
        limit = outerLimit
    }

    private static let maxDepth = 64
    /// The text of an operation besides its path and its value.
    private static let overhead = 36

    private var pointer: String { path.map(\.pointerToken).joined() }

    private mutating func append(_ operation: JSONPatch.Operation, _ value: JSONValue? = nil) {
        operations.append(operation)
        length += Self.overhead + (value?.approximateLength ?? 0)
        for step in path { length += step.pointerToken.utf8.count }
    }

    private mutating func at(_ step: JSONPathStep, _ work: (inout JSONDifference) -> Void) {
        path.append(step)
        work(&self)
        path.removeLast()
    }

    private mutating func compare(_ from: JSONObject, _ to: JSONObject) {
        for (name, value) in from where length <= limit {
            at(.name(name)) { here in
                if let other = to[name] { here.compare(value, other) } else { here.append(.remove(path: here.pointer)) }
            }
        }
        for (name, value) in to where length <= limit && from[name] == nil {
            at(.name(name)) { $0.append(.add(path: $0.pointer, value: value), value) }
        }
    }

    private mutating func compare(_ from: [JSONValue], _ to: [JSONValue]) {
        var position = 0
        for gap in gaps(from, to) where length <= limit {
            position += gap.kept
            // Elements in the same gap on both sides count as the same element, changed.
            for (old, new) in zip(gap.old, gap.new) where length <= limit {
                at(.index(position)) { $0.compare(from[old], to[new]) }
                position += 1
            }
            for _ in gap.old.dropFirst(gap.new.count) where length <= limit {
                at(.index(position)) { $0.append(.remove(path: $0.pointer)) }
            }
            for new in gap.new.dropFirst(gap.old.count) where length <= limit {
                at(.index(position)) { $0.append(.add(path: $0.pointer, value: to[new]), to[new]) }
                position += 1
            }
        }
    }

    /// A difference between two arrays: the number of kept elements, and the elements of the old array that are
    /// replaced by those of the new one.
    private struct Gap {
        var kept: Int
        var old: Range<Int>
        var new: Range<Int>
    }

    private mutating func gaps(_ from: [JSONValue], _ to: [JSONValue]) -> [Gap] {
        // Equal elements get equal numbers, which compare faster.
        var numbers: [JSONValue: Int] = [:]
        for value in from + to where numbers[value] == nil { numbers[value] = numbers.count }
        let (old, new) = (from.map { numbers[$0]! }, to.map { numbers[$0]! })

        var (head, oldEnd, newEnd) = (0, old.count, new.count)
        while head < oldEnd, head < newEnd, old[head] == new[head] { head += 1 }
        while oldEnd > head, newEnd > head, old[oldEnd - 1] == new[newEnd - 1] {
            (oldEnd, newEnd) = (oldEnd - 1, newEnd - 1)
        }
        let cost = (oldEnd - head) * (newEnd - head)
        guard cost <= pairs, meter.spend(cost / 3) else {
            return [Gap(kept: head, old: head..<oldEnd, new: head..<newEnd)]
        }
        pairs -= cost
        return Self.gaps(old[head..<oldEnd], new[head..<newEnd], after: head)
    }

    /// The gaps around a longest common subsequence.
    private static func gaps(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>, after kept: Int) -> [Gap] {
        // The length of the longest common subsequence from each pair of positions: at most the root of the affordable
        // number of pairs.
        let width = new.count + 1
        var longest = [UInt16](repeating: 0, count: (old.count + 1) * width)
        func place(_ i: Int, _ j: Int) -> Int { (i - old.startIndex) * width + j - new.startIndex }
        for i in old.indices.reversed() {
            for j in new.indices.reversed() {
                longest[place(i, j)] =
                    old[i] == new[j]
                    ? longest[place(i + 1, j + 1)] + 1 : max(longest[place(i + 1, j)], longest[place(i, j + 1)])
            }
        }
        var (i, j) = (old.startIndex, new.startIndex)
        var gaps = [Gap(kept: kept, old: i..<i, new: j..<j)]
        while i < old.endIndex, j < new.endIndex {
            let last = gaps.count - 1
            if old[i] == new[j] {
                (i, j) = (i + 1, j + 1)
                if gaps[last].old.isEmpty, gaps[last].new.isEmpty {
                    gaps[last] = Gap(kept: gaps[last].kept + 1, old: i..<i, new: j..<j)
                } else {
                    gaps.append(Gap(kept: 1, old: i..<i, new: j..<j))
                }
            } else if longest[place(i + 1, j)] >= longest[place(i, j + 1)] {
                i += 1
                gaps[last].old = gaps[last].old.lowerBound..<i
            } else {
                j += 1
                gaps[last].new = gaps[last].new.lowerBound..<j
            }
        }
        gaps[gaps.count - 1].old = gaps[gaps.count - 1].old.lowerBound..<old.endIndex
        gaps[gaps.count - 1].new = gaps[gaps.count - 1].new.lowerBound..<new.endIndex
        return gaps
    }
}

extension JSONValue {
    /// The approximate number of bytes as text.
    package var approximateLength: Int {
        switch self {
        case .null, .bool, .number: 4
        case .string(let text): 2 + text.utf8.count
        case .array(let elements): elements.reduce(2) { $0 + 1 + $1.approximateLength }
        case .object(let members):
            members.reduce(2) { $0 + 4 + $1.name.utf8.count + $1.value.approximateLength }
        }
    }
}
