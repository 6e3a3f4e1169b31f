internal import TenonKit

/// Commands that go out together and are closed by one Sync: outside a transaction block the server runs them as
/// one implicit transaction, and an error skips the rest of them and no neighbour.
final class PostgresGroup: Sendable {
    typealias Outcome = Result<[PostgresRows], PostgresError>

    let commands: [Command]
    /// How many of the first results nobody wants: those of the scope.
    let discarded: Int
    let deadline: ContinuousClock.Instant
    /// How long the server may take for it, whatever was in front of it.
    let limit: Duration
    private let outcome = OneShot<Outcome>()

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
    var isAwaited: Bool { outcome.isAwaited }

    /// Answers whoever waits; later answers are dropped. Says whether this was the answer. Called outside of locks.
    @discardableResult
    func finish(_ outcome: Outcome) -> Bool { self.outcome.set(outcome) }

    /// Hands the group in and waits for its outcome. Where the task is cancelled after that, `onCancel` decides, perhaps
    /// twice: it finishes the group, or leaves it to its answer. A task that is cancelled before hands nothing in.
    func run(
        submit: @Sendable (PostgresGroup) -> Void, onCancel: @Sendable (PostgresGroup) -> Void = { _ in }
    ) async throws(PostgresError) -> [PostgresRows] {
        try await outcome.wait(
            cancelled: .failure(.cancelled), start: { submit(self) }, onCancel: { onCancel(self) }
        ).get()
    }
}
