internal import Synchronization
internal import TenonDomain

/// Work whose duration would reveal something: it runs after the response, one job after another. A job that fails, or
/// still waits when the process ends, is lost silently.
final class DeferredWork: Sendable {
    typealias Job = @Sendable () async throws(Failure) -> Void

    private struct State {
        var waiting: [Job] = []
        var isWorking = false
    }

    private let state = Mutex(State())
    private let limit: Int

    /// `limit` is the maximum number of waiting jobs.
    init(limit: Int) {
        self.limit = limit
    }

    /// Returns false and drops the job if too many jobs wait.
    func add(_ job: @escaping Job) -> Bool {
        let (isTaken, isFirst) = state.withLock { state in
            guard state.waiting.count < limit else { return (false, false) }
            state.waiting.append(job)
            defer { state.isWorking = true }
            return (true, !state.isWorking)
        }
        if isFirst { Task { await self.work() } }
        return isTaken
    }

    private func work() async {
        while true {
            let jobs = state.withLock { state in
                defer { state.waiting = [] }
                state.isWorking = !state.waiting.isEmpty
                return state.waiting
            }
            guard !jobs.isEmpty else { return }
            for job in jobs { try? await job() }
        }
    }
}
