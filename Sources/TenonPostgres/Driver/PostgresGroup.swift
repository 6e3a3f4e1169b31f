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
    /// How long the server may take for it, whatever was in front of it.
    let limit: Duration
    private let waiter = Mutex(Waiter.expected)

    /// The deadline is `limit` from now where none is given.
    init(
        _ commands: [Command], discarding discarded: Int = 0, within limit: Duration,
        deadline: ContinuousClock.Instant? = nil
    ) {
        self.commands = commands
        self.discarded = discarded
        self.limit = limit
        self.deadline = deadline ?? .now + limit
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

    /// Hands the group in and waits for its outcome. Where the task is cancelled after that, `onCancel` decides: it
    /// finishes the group, or leaves it to its answer. A task that is cancelled before hands nothing in.
    func run(
        submit: @Sendable (PostgresGroup) -> Void, onCancel: @Sendable (PostgresGroup) -> Void = { _ in }
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
            if endExpectation() { onCancel(self) }
        }
        return try outcome.get()
    }

    /// Nobody is going to wait where nobody does yet. Whether somebody does.
    private func endExpectation() -> Bool {
        waiter.withLock { waiter in
            switch waiter {
            case .waiting: return true
            case .expected: waiter = .gone
            case .gone: break
            }
            return false
        }
    }
}
