internal import Synchronization
internal import TenonDomain

/// Commands that go out together and are closed by one Sync: outside a transaction block the server runs them as
/// one implicit transaction, and an error skips the rest of them and no neighbour.
final class PostgresGroup: Sendable {
    typealias Outcome = Result<[PostgresRows], PostgresError>

    private enum Waiter {
        /// Whoever made the group does not wait yet.
        case expected
        case waiting(UnsafeContinuation<Outcome, Never>)
        case gone
    }

    let commands: [Command]
    /// How many of the first results nobody wants: those of the scope.
    let discarded: Int
    let deadline: ContinuousClock.Instant
    private let waiter = Mutex(Waiter.expected)

    init(_ commands: [Command], discarding discarded: Int = 0, deadline: ContinuousClock.Instant) {
        self.commands = commands
        self.discarded = discarded
        self.deadline = deadline
    }

    /// Whether somebody still waits.
    var isAwaited: Bool {
        waiter.withLock { waiter in
            if case .waiting = waiter { true } else { false }
        }
    }

    /// Answers whoever waits; later answers are dropped. Says whether this was the answer. Called outside of locks.
    @discardableResult
    func finish(_ outcome: Outcome) -> Bool {
        let waiter = waiter.withLock { waiter in
            defer { waiter = .gone }
            return waiter
        }
        guard case .waiting(let continuation) = waiter else { return false }
        continuation.resume(returning: outcome)
        return true
    }

    /// Hands the group in and waits for its outcome. A cancelled task stops waiting at once: what was sent is not
    /// unsent, and `onCancel` may hurry its end. It is not called where nothing was sent or the answer is there.
    func run(
        submit: @Sendable (PostgresGroup) -> Void, onCancel: @Sendable () -> Void = {}
    ) async throws(PostgresError) -> [PostgresRows] {
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Outcome, Never>) in
                let isCancelled = waiter.withLock { waiter in
                    if case .gone = waiter { return true }
                    waiter = .waiting(continuation)
                    return false
                }
                if isCancelled {
                    continuation.resume(returning: .failure(.cancelled))
                } else {
                    submit(self)
                }
            }
        } onCancel: {
            if finish(.failure(.cancelled)) { onCancel() }
        }
        return try outcome.get()
    }
}
