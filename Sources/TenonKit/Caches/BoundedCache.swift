/// A map of bounded cost that forgets what was not asked for lately. When the young generation is full it becomes the old
/// one, and what the old one still held is gone; a hit in the old generation moves the entry to the young one.
package struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var young: [Key: (value: Value, cost: Int)] = [:]
    private var old: [Key: (value: Value, cost: Int)] = [:]
    private var youngCost = 0
    private var oldCost = 0
    private let generation: Int

    /// Holds entries that cost `capacity` together at most; of entries that cost 1, two at least.
    package init(capacity: Int) {
        generation = max(1, capacity / 2)
    }

    package var count: Int { young.count + old.count }
    package var cost: Int { youngCost + oldCost }

    package mutating func value(for key: Key) -> Value? {
        if let kept = young[key] { return kept.value }
        guard let kept = old.removeValue(forKey: key) else { return nil }
        oldCost -= kept.cost
        insert(kept.value, for: key, cost: kept.cost)
        return kept.value
    }

    /// What costs more than a generation is not kept.
    package mutating func insert(_ value: Value, for key: Key, cost: Int = 1) {
        remove(key)
        guard cost <= generation else { return }
        if youngCost + cost > generation {
            (old, oldCost) = (young, youngCost)
            (young, youngCost) = ([:], 0)
        }
        young[key] = (value, cost)
        youngCost += cost
    }

    package mutating func remove(_ key: Key) {
        if let removed = young.removeValue(forKey: key) { youngCost -= removed.cost }
        if let removed = old.removeValue(forKey: key) { oldCost -= removed.cost }
    }

    package mutating func removeAll() {
        (young, old, youngCost, oldCost) = ([:], [:], 0, 0)
    }
}
