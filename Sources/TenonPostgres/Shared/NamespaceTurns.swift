internal import Synchronization
internal import TenonDomain

/// Writers of one namespace wait here for one another, before they take a lease, and not on the namespace's row with a
/// lease in hand. Two go at a time: one that holds the row, and one that is next. Between processes the row's lock decides.
final class NamespaceTurns: Sendable {
    private static let width = 2
    private static let places = 256
    private static let patience = Duration.seconds(10)

    /// Another tenant's writers never wait in the same line, whatever namespace they name.
    private struct Key: Hashable {
        let tenant: TenantID
        let namespace: NamespaceID
    }

    private typealias Waiter = UnsafeContinuation<Result<Void, Failure>, Never>

    private struct State {
        var queue = TurnQueue<Key>(width: NamespaceTurns.width, places: NamespaceTurns.places)
        var waiters: [Int: Waiter] = [:]
        /// Cancelled before they could wait.
        var cancelled: Set<Int> = []
        var lastTicket = 0
    }

    private let state = Mutex(State())

    /// Runs the body when it is its turn. Fails as the body, with `tooMuchContention` where too many wait, or for too
    /// long, and with `cancelled`.
    func take<Value: Sendable>(
        _ namespace: NamespaceID, of tenant: TenantID, as caller: Caller, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let key = Key(tenant: tenant, namespace: namespace)
        if !state.withLock({ $0.queue.takeFree(key) }) {
            try await caller.waiting(for: tenant) { () async throws(Failure) in try await wait(for: key) }
        }
        defer { leave(key) }
        return try await body()
    }

    /// Writers that wait, of all namespaces.
    var waiting: Int { state.withLock { $0.waiters.count } }

    private func wait(for key: Key) async throws(Failure) {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        let timer = Task {
            try await Task.sleep(for: Self.patience)
            giveUp(ticket, key, Self.refusal)
        }
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: Waiter) in
                let answer = state.withLock { state -> Result<Void, Failure>? in
                    guard state.cancelled.remove(ticket) == nil else { return .failure(Self.cancellation) }
                    switch state.queue.enter(ticket, key) {
                    case .go: return .success(())
                    case .refuse: return .failure(Self.refusal)
                    case .wait:
                        state.waiters[ticket] = waiter
                        return nil
                    }
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { state in
                if state.waiters[ticket] == nil { state.cancelled.insert(ticket) }
            }
            giveUp(ticket, key, Self.cancellation)
        }
        timer.cancel()
        state.withLock { _ = $0.cancelled.remove(ticket) }
        try outcome.get()
    }

    private func giveUp(_ ticket: Int, _ key: Key, _ failure: Failure) {
        let waiter = state.withLock { state in
            state.queue.cancel(ticket, key) ? state.waiters.removeValue(forKey: ticket) : nil
        }
        waiter?.resume(returning: .failure(failure))
    }

    private func leave(_ key: Key) {
        let next = state.withLock { state in
            state.queue.leave(key).flatMap { state.waiters.removeValue(forKey: $0) }
        }
        next?.resume(returning: .success(()))
    }

    private static let refusal = Failure(
        .tooMuchContention, "Too many writers wait for this namespace.", retryAfter: .seconds(1))
    private static let cancellation = Failure(.cancelled, "The request was given up.")
}
