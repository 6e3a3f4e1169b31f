internal import Glibc
internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// Threads of their own for work that burns a core for long. Bounded: past the queue's limit work is refused.
final class HashingPool: Sendable {
    private struct Job {
        let ticket: Int
        let work: @Sendable () -> Void
        let refuse: @Sendable (Failure) -> Void
    }

    private struct State {
        var queue: [Job] = []
        var lastTicket = 0
        var cancelled: Set<Int> = []
        var isStopped = false
    }

    private let threads: Int
    private let queueLimit: Int
    private let state = Mutex(State())
    private let work: Semaphore

    /// At least one thread.
    init(threads: Int, queueLimit: Int) {
        self.threads = max(1, threads)
        self.queueLimit = queueLimit
        work = Semaphore()
        for _ in 0..<self.threads {
            // Requests that hash nothing go first where both want a core.
            DedicatedThread.startOrTrap("tenon-hash", nice: 10) { [weak self, work] in
                while true {
                    work.wait()
                    guard let self else { return }
                    guard let job = self.next() else {
                        if self.state.withLock({ $0.isStopped }) { return }
                        continue
                    }
                    job.work()
                }
            }
        }
    }

    deinit {
        // Nobody waits any more, for whoever waits holds the pool; the threads find it gone and end.
        for _ in 0..<threads { work.signal() }
    }

    /// Runs the body on one of the threads. Fails with `hashingOverloaded`, or `cancelled` where the task was
    /// cancelled before the body began.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws(Failure) -> Value {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        let outcome: Result<Value, Failure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = Job(
                    ticket: ticket, work: { continuation.resume(returning: .success(body())) },
                    refuse: { continuation.resume(returning: .failure($0)) })
                if let refusal = enqueue(job) { job.refuse(refusal) } else { work.signal() }
            }
        } onCancel: {
            let job = state.withLock { state -> Job? in
                guard let index = state.queue.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.queue.remove(at: index)
            }
            job?.refuse(Self.cancelled)
        }
        state.withLock { _ = $0.cancelled.remove(ticket) }
        return try outcome.get()
    }

    /// What waits is refused; the threads end after what they run.
    func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.queue = [] }
            return state.queue
        }
        for job in waiting { job.refuse(Self.overloaded) }
        for _ in 0..<threads { work.signal() }
    }

    private func enqueue(_ job: Job) -> Failure? {
        state.withLock { state in
            if state.cancelled.contains(job.ticket) { return Self.cancelled }
            guard !state.isStopped, state.queue.count < queueLimit else { return Self.overloaded }
            state.queue.append(job)
            return nil
        }
    }

    private func next() -> Job? {
        state.withLock { $0.queue.isEmpty ? nil : $0.queue.removeFirst() }
    }

    private static let cancelled = Failure(.cancelled, "The request was given up.")
    private static let overloaded = Failure(
        .hashingOverloaded, "Too many passwords are being checked now.", retryAfter: .seconds(1))
}

/// A counting semaphore that only threads of our own wait on.
private final class Semaphore: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        semaphore.initialize(to: sem_t())
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0 {}
    }
}
