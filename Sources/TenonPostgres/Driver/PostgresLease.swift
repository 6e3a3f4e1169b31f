internal import Synchronization
internal import TenonDomain

/// A connection of one's own for a while.
final class PostgresLease: Sendable {
    /// What the pool keeps of a connection besides its number.
    struct Handle: Sendable {
        let status: PostgresWire.Status
        let canceller: PostgresCanceller?
        let retirement: Retirement

        init(_ wire: PostgresWire, _ retirement: Retirement = Retirement()) {
            status = wire.status
            canceller = wire.canceller
            self.retirement = retirement
        }
    }

    private struct State {
        var isBroken = false
        /// Something is under way that nobody waits for any more.
        var isCutShort = false
        /// How many cancellations are on their way to the server.
        var cancellations = 0
        var waiter: UnsafeContinuation<Void, Never>?
    }

    let connection: PostgresLoop.WireID
    private let handle: Handle
    private let loop: PostgresLoop
    private let state = Mutex(State())

    init(_ connection: PostgresLoop.WireID, _ handle: Handle, loop: PostgresLoop) {
        self.connection = connection
        self.handle = handle
        self.loop = loop
    }

    static let begin = Statement("begin", "BEGIN")
    static let commit = Statement("commit", "COMMIT")
    private static let rollback = Statement("rollback", "ROLLBACK")

    /// Whether the server's last answer left a transaction block open, one that failed included.
    var isInTransaction: Bool { handle.status.isInTransaction }

    /// Runs the commands in one round trip and answers the rows of each; after the first error, which is thrown, the
    /// rest is skipped. A task that is cancelled stops waiting at once; it, and a deadline that passes, cancel the
    /// statement on the server, and the lease is of no more use.
    ///
    /// Fails with an error of the server, `connectionLost`, `deadlineExceeded`, `cancelled` or `closed`.
    func run(
        _ commands: [Command], within timeout: Duration
    ) async throws(PostgresError) -> [PostgresRows] {
        let group = PostgresGroup(commands, within: timeout)
        do throws(PostgresError) {
            return try await group.run(
                submit: { [loop, connection] in loop.submit(.send(connection, $0)) },
                onCancel: { if $0.finish(.failure(.cancelled)) { cutShort() } })
        } catch {
            handle.retirement.note(error)
            switch error {
            case .connectionLost, .closed: state.withLock { $0.isBroken = true }
            case .deadlineExceeded: cutShort()
            case .cancelled, .server, .outcomeUnknown, .poolExhausted, .undecodable, .refused: break
            }
            throw error
        }
    }

    // MARK: - Coming back

    /// Whether the next one can have the connection as it is.
    var isClean: Bool {
        state.withLock { !$0.isBroken && !$0.isCutShort } && !isInTransaction
    }

    var isCutShort: Bool { state.withLock { $0.isCutShort } }

    /// Rolls back what is open, after what is under way has ended. Whether the connection is of use again.
    func clean() async -> Bool {
        guard !state.withLock({ $0.isBroken }) else { return false }
        // A cancellation that came late would hit whoever is next. Once it has been delivered it can only hit the
        // ROLLBACK, whose error says so.
        await cancellationsDelivered()
        let rollback = PostgresGroup([Command(Self.rollback)], within: .seconds(5))
        let answer = try? await rollback.run { [loop, connection] in loop.submit(.send(connection, $0)) }
        return answer != nil && !isInTransaction
    }

    private func cutShort() {
        state.withLock { state in
            state.isCutShort = true
            if handle.canceller != nil { state.cancellations += 1 }
        }
        handle.canceller?.cancelSoon { [self] in
            let waiter = state.withLock { state in
                state.cancellations -= 1
                guard state.cancellations == 0 else { return UnsafeContinuation<Void, Never>?.none }
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }

    private func cancellationsDelivered() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            let isDelivered = state.withLock { state in
                guard state.cancellations > 0 else { return true }
                state.waiter = continuation
                return false
            }
            if isDelivered { continuation.resume() }
        }
    }
}
