/// A map of bounded cost that evicts entries that were not used recently. When the young generation is full it becomes
/// the old one, and the previous old one is dropped; a hit in the old generation moves the entry to the young one.
package struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var young: [Key: (value: Value, cost: Int)] = [:]
    private var old: [Key: (value: Value, cost: Int)] = [:]
    private var youngCost = 0
    private var oldCost = 0
    private let generation: Int

    /// The entries cost at most `capacity` together; at least two entries of cost 1 fit.
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

    /// An entry that costs more than a generation is not kept.
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
