internal import Synchronization

/// Whether the connections to a database are of no more use: one of them met a server that only reads, as after a
/// failover (SQLSTATE 25006), and new ones may find the server that writes.
final class Retirement: Sendable {
    private let isDue = Atomic<Bool>(false)

    func note(_ error: PostgresError) {
        if error.sqlState == "25006" { isDue.store(true, ordering: .relaxed) }
    }

    /// Answers once for what was noted.
    func take() -> Bool {
        isDue.load(ordering: .relaxed) && isDue.exchange(false, ordering: .relaxed)
    }
}
