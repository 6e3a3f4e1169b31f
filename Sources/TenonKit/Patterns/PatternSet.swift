/// A set of scalars: a bracket expression, or a class such as `\d` alone.
struct PatternSet: Sendable {
    /// Ranges and general categories, or everything except them.
    struct Item: Hashable, Sendable {
        /// Firsts and lasts, alternating.
        var ranges: [UInt32] = []
        /// General categories, one bit each, numbered by `UnicodeCategory`.
        var categories: UInt32 = 0
        var isNegated = false
    }

    /// At most one is not negated, and no two are equal: few enough to check one by one.
    private let items: [Item]
    private let isNegated: Bool
    private let ignoresCase: Bool
    /// The results for ASCII, one bit each.
    private let ascii: (UInt64, UInt64)
    /// Whether it may contain scalars beyond ASCII; true if that is not easily known.
    let reachesBeyondASCII: Bool

    init(_ parts: [Item], isNegated: Bool, ignoresCase: Bool) {
        let items = Self.united(parts)
        self.items = items
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
        reachesBeyondASCII =
            isNegated || ignoresCase
            || items.contains { $0.isNegated || $0.categories != 0 || ($0.ranges.last ?? 0) > 0x7F }
        var ascii: (UInt64, UInt64) = (0, 0)
        for scalar in UInt32(0)..<64 {
            if Self.search(items, isNegated, ignoresCase, scalar) { ascii.0 |= 1 << UInt64(scalar) }
            if Self.search(items, isNegated, ignoresCase, scalar + 64) { ascii.1 |= 1 << UInt64(scalar) }
        }
        self.ascii = ascii
    }

    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return ascii.0 >> UInt64(scalar) & 1 != 0 }
        if scalar < 128 { return ascii.1 >> UInt64(scalar - 64) & 1 != 0 }
        return Self.search(items, isNegated, ignoresCase, scalar)
    }

    /// Merges all parts that are not negated into one item, with its ranges in order and without overlaps; removes
    /// duplicates from the rest.
    private static func united(_ parts: [Item]) -> [Item] {
        if parts.count == 1, parts[0].ranges.count <= 2 { return parts }
        var ranges: [(first: UInt32, last: UInt32)] = []
        var categories: UInt32 = 0
        for part in parts where !part.isNegated {
            categories |= part.categories
            for index in stride(from: 0, to: part.ranges.count, by: 2) {
                ranges.append((part.ranges[index], part.ranges[index + 1]))
            }
        }
        ranges.sort { $0.first < $1.first }
        var item = Item(categories: categories)
        for (first, last) in ranges {
            if let end = item.ranges.last, first <= end {
                item.ranges[item.ranges.count - 1] = max(end, last)
            } else {
                item.ranges += [first, last]
            }
        }
        return [item] + Set(parts.filter(\.isNegated))
    }

    private static func search(_ items: [Item], _ isNegated: Bool, _ ignoresCase: Bool, _ scalar: UInt32) -> Bool {
        let variants = ignoresCase ? CaseVariants.of(scalar) : nil
        for item in items {
            // An item is negated after its case is ignored: `(?i)[[:^lower:]]` has no `a` and no `A`.
            let inside = variants.map { $0.contains { item.holds($0) } } ?? item.holds(scalar)
            if inside != item.isNegated { return !isNegated }
        }
        return isNegated
    }
}

extension PatternSet.Item {
    /// Whether the scalar is in the ranges or categories, ignoring `isNegated`.
    fileprivate func holds(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count / 2
        while low < high {
            let middle = (low + high) / 2
            if ranges[2 * middle + 1] < scalar { low = middle + 1 } else { high = middle }
        }
        if 2 * low < ranges.count, ranges[2 * low] <= scalar { return true }
        guard categories != 0, let scalar = Unicode.Scalar(scalar) else { return false }
        return categories & UnicodeCategory.bit(of: scalar) != 0
    }
}
