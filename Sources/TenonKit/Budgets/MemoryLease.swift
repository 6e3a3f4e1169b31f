internal import Synchronization

/// Bytes taken from a memory budget for one body or response. They are returned when the last reference is released, so
/// the lease is passed along with the memory.
public final class MemoryLease: Sendable {
    /// Bytes that are not charged, for every connection.
    public static let allowance = 4 << 10

    private let budget: MemoryBudget
    private let holder: MemoryBudget.Holder
    private let held = Mutex(0)

    public init(_ budget: MemoryBudget, for holder: MemoryBudget.Holder) {
        self.budget = budget
        self.holder = holder
    }

    deinit {
        budget.giveBack(Self.charge(held.withLock { $0 }), for: holder)
    }

    /// Takes more. Returns false and takes nothing if there is no room; see `MemoryBudget.take`.
    public func take(_ bytes: Int, isDue: Bool = false) -> Bool {
        held.withLock { held in
            let total = held + bytes
            let more = Self.charge(total) - Self.charge(held)
            guard budget.take(more, for: holder, total: total, isDue: isDue) else { return false }
            held = total
            return true
        }
    }

    /// Returns some of the memory that `take` took.
    public func giveBack(_ bytes: Int) {
        held.withLock { held in
            let left = held - bytes
            budget.giveBack(Self.charge(held) - Self.charge(left), for: holder)
            held = left
        }
    }

    private static func charge(_ bytes: Int) -> Int { max(0, bytes - allowance) }
}
