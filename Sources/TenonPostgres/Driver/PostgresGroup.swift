internal import Synchronization
internal import TenonDomain

/// Commands that go out together and are closed by one Sync: outside a transaction block the server runs them as
/// one implicit transaction, and an error skips the rest of them and no neighbour.
final class PostgresGroup: Sendable {
    typealias Outcome = Result<[PostgresRows], PostgresError>

    let commands: [Command]
    /// How many of the first results nobody wants: those of the scope.
    let discarded: Int
    let deadline: ContinuousClock.Instant
    private let waiter: Mutex<UnsafeContinuation<Outcome, Never>?>

    init(
        _ commands: [Command], discarding discarded: Int = 0, deadline: ContinuousClock.Instant,
        _ waiter: UnsafeContinuation<Outcome, Never>
    ) {
        self.commands = commands
        self.discarded = discarded
        self.deadline = deadline
        self.waiter = Mutex(waiter)
    }

    /// Whether somebody still waits.
    var isAwaited: Bool { waiter.withLock { $0 != nil } }

    /// Answers whoever waits, once; later answers are dropped. Called outside of every lock.
    func finish(_ outcome: Outcome) {
        let waiter = waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }
        waiter?.resume(returning: outcome)
    }

    /// Makes a group and waits for its outcome. A cancelled task stops waiting at once; what was sent is not
    /// unsent, and `onCancel` may hurry its end.
    static func run(
        _ commands: [Command], discarding discarded: Int, within timeout: Duration,
        submit: @Sendable (PostgresGroup) -> Void, onCancel: @Sendable @escaping () -> Void = {}
    ) async throws(PostgresError) -> [PostgresRows] {
        let slot = CancellableSlot()
        let deadline = ContinuousClock.now + timeout
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: UnsafeContinuation<Outcome, Never>) in
                let group = PostgresGroup(commands, discarding: discarded, deadline: deadline, waiter)
                if slot.hold(group) { submit(group) } else { group.finish(.failure(.cancelled)) }
            }
        } onCancel: {
            slot.cancel()
            onCancel()
        }
        return try outcome.get()
    }

    /// Brings the cancellation and the group together, whichever comes first.
    private final class CancellableSlot: Sendable {
        private let state = Mutex<(group: PostgresGroup?, isCancelled: Bool)>((nil, false))

        func hold(_ group: PostgresGroup) -> Bool {
            state.withLock { state in
                guard !state.isCancelled else { return false }
                state.group = group
                return true
            }
        }

        func cancel() {
            let group = state.withLock { state in
                state.isCancelled = true
                return state.group
            }
            group?.finish(.failure(.cancelled))
        }
    }
}
