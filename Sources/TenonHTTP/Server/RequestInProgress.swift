internal import Synchronization

/// A request's work, so that it can be given up when the client is gone.
final class RequestInProgress: Sendable {
    private enum State {
        case waiting
        case running(Task<Void, Never>)
        case cancelled
    }

    private let state = Mutex(State.waiting)

    /// Whether nobody waits for the answer any more.
    var isCancelled: Bool {
        state.withLock { if case .cancelled = $0 { true } else { false } }
    }

    /// On the executor where one is given, else on the cooperative threads.
    func run(on executor: (any TaskExecutor)?, _ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            let task = Task(executorPreference: executor) { await body() }
            if case .cancelled = state { task.cancel() } else { state = .running(task) }
        }
    }

    func cancel() {
        let task = state.withLock { state -> Task<Void, Never>? in
            defer { state = .cancelled }
            if case .running(let task) = state { return task }
            return nil
        }
        task?.cancel()
    }
}
