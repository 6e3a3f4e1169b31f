internal import Synchronization

/// Runs a transaction's commands on its lease. BEGIN and the scope travel with the first of them.
final class TransactionRunner: StatementRunner {
    private let lease: PostgresLease
    /// How long one round trip may take.
    private let patience: Duration
    private let state: Mutex<State>

    private struct State {
        /// What travels with the next round trip, before its commands.
        var waiting: [Command]
        var isUsed = false
    }

    /// `guards` follow the scope, and fail the transaction where it must not be made.
    init(lease: PostgresLease, scope: Command, guards: [Command] = [], patience: Duration = .seconds(10)) {
        self.lease = lease
        self.patience = patience
        state = Mutex(State(waiting: [Command(PostgresLease.begin), scope] + guards))
    }

    func run(_ commands: [Command]) async throws(PostgresError) -> [PostgresRows] {
        let before = state.withLock { state in
            defer { state = State(waiting: [], isUsed: true) }
            return state.waiting
        }
        return Array(try await lease.run(before + commands, within: patience).dropFirst(before.count))
    }

    /// It is sent with what comes next, at the latest with COMMIT, and fails there.
    func send(_ commands: [Command]) {
        state.withLock { state in
            state.waiting += commands
            state.isUsed = true
        }
    }

    /// The last commands and COMMIT in one round trip; none where nothing was run. A COMMIT that the server turns into a
    /// ROLLBACK is an error; `outcomeUnknown` where its answer is lost.
    func commit(after commands: [Command]) async throws(PostgresError) {
        guard state.withLock({ $0.isUsed }) || !commands.isEmpty else { return }
        let results: [PostgresRows]
        do throws(PostgresError) {
            results = try await run(commands + [Command(PostgresLease.commit)])
        } catch {
            throw error.leavesCommitOpen ? .outcomeUnknown(error.description) : error
        }
        guard results.last?.commandTag == "COMMIT" else {
            throw .connectionLost("the server rolled the transaction back")
        }
    }
}
