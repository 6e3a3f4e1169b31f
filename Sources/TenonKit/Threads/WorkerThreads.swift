internal import Glibc

/// A few threads for jobs that compute for long, of a lower priority than the event loops. Holders take turns on them, job
/// by job. The threads end with the object, after what they run.
package final class WorkerThreads<Holder: Hashable & Sendable, Job: Sendable>: Sendable {
    private let jobs: WaitingJobs<Holder, Job>

    /// One thread at least. `perHolder` is how many jobs of one holder run at a time, `waiting` how many jobs may wait in
    /// all. Ends the process where the system gives no thread.
    package init(
        _ name: StaticString, threads: Int, perHolder: Int = .max, waiting: Int = .max,
        run: @escaping @Sendable (Job) -> Void
    ) {
        let jobs = WaitingJobs<Holder, Job>(TurnQueue(each: .init(underway: perHolder), waiting: waiting))
        self.jobs = jobs
        for _ in 0..<max(1, threads) { DedicatedThread.startOrTrap(name, nice: 10) { jobs.work(run) } }
    }

    deinit {
        _ = stop()
    }

    /// False where too many jobs wait, and after `stop`.
    package func add(_ job: Job, of holder: Holder) -> Bool {
        jobs.withLock { jobs in !jobs.isStopped && jobs.queue.add(job, of: holder) }
    }

    /// Takes the job out that matches, where it waits.
    package func remove(of holder: Holder, where matches: (Job) -> Bool) -> Job? {
        jobs.withLock { $0.queue.remove(of: holder, where: matches) }
    }

    /// Takes no more jobs. Those that wait are returned, and never run.
    package func stop() -> [Job] {
        jobs.withLock { jobs in
            jobs.isStopped = true
            return jobs.queue.removeAll()
        }
    }
}

/// The waiting jobs, and the threads that wait for them. Unchecked: the queue is only used under the lock.
private final class WaitingJobs<Holder: Hashable & Sendable, Job: Sendable>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let change: UnsafeMutablePointer<pthread_cond_t>
    var queue: TurnQueue<Holder, Job>
    var isStopped = false

    init(_ queue: TurnQueue<Holder, Job>) {
        self.queue = queue
        lock = .allocate(capacity: 1)
        change = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(change, nil)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(lock)
        change.deallocate()
        lock.deallocate()
    }

    /// Wakes a thread after the change, and all of them once they must end.
    func withLock<Value>(_ change: (WaitingJobs) -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer {
            if isStopped { pthread_cond_broadcast(self.change) } else { pthread_cond_signal(self.change) }
            pthread_mutex_unlock(lock)
        }
        return change(self)
    }

    func work(_ run: (Job) -> Void) {
        pthread_mutex_lock(lock)
        while !isStopped {
            guard let (job, holder) = queue.next() else {
                pthread_cond_wait(change, lock)
                continue
            }
            pthread_mutex_unlock(lock)
            run(job)
            pthread_mutex_lock(lock)
            queue.end(holder)
            // A job of the holder may have waited for the end of this one, and this thread takes one alone.
            pthread_cond_signal(change)
        }
        pthread_mutex_unlock(lock)
    }
}
