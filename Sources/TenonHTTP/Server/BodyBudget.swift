internal import Synchronization

/// The bytes of request bodies that are held at one time, over all connections.
final class BodyBudget: Sendable {
    private let limit: Int
    private let held = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    var bytes: Int { held.load(ordering: .relaxed) }

    /// False where it would be too much; nothing is taken then.
    func take(_ bytes: Int) -> Bool {
        let after = held.add(bytes, ordering: .relaxed).newValue
        guard after > limit else { return true }
        held.subtract(bytes, ordering: .relaxed)
        return false
    }

    func giveBack(_ bytes: Int) {
        held.subtract(bytes, ordering: .relaxed)
    }
}
