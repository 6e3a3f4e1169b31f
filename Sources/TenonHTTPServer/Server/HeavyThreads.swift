internal import Glibc
internal import NIOCore
public import TenonDomain
internal import TenonKit

/// A few threads for work that may compute for long, of a lower priority than the event loops. Tenants take turns on them
/// job by job, where a job is what a task does between two waits; one tenant has all threads but one at most.
public final class HeavyThreads: HeavyWork {
    private let jobs: HeavyJobs

    /// As many threads as cores, two at least: else one tenant's long job would hold up the others' short ones.
    public convenience init() {
        self.init(threads: max(2, System.coreCount))
    }

    init(threads: Int) {
        let jobs = HeavyJobs(perTenant: max(1, threads - 1))
        self.jobs = jobs
        for _ in 0..<threads { DedicatedThread.startOrTrap("tenon-heavy", nice: 10) { jobs.work() } }
    }

    deinit {
        // Executors hold this object, and tasks their executors: nothing is left to do.
        jobs.close()
    }

    public func executor(for tenant: TenantID?) -> any TaskExecutor { Lane(threads: self, tenant: tenant) }

    /// One tenant's way to the threads.
    private final class Lane: TaskExecutor {
        private let threads: HeavyThreads
        private let tenant: TenantID?

        init(threads: HeavyThreads, tenant: TenantID?) {
            self.threads = threads
            self.tenant = tenant
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            threads.jobs.add(of: tenant) { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}

/// The jobs that wait, and the threads that wait for them. Unchecked: the queue is used under the lock alone.
private final class HeavyJobs: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let change: UnsafeMutablePointer<pthread_cond_t>
    private var queue: TurnQueue<@Sendable () -> Void>
    private var isClosed = false

    init(perTenant: Int) {
        queue = TurnQueue(limit: perTenant)
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

    func add(of tenant: TenantID?, _ job: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(lock)
        queue.add(job, of: tenant)
        pthread_cond_signal(change)
        pthread_mutex_unlock(lock)
    }

    func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_cond_broadcast(change)
        pthread_mutex_unlock(lock)
    }

    func work() {
        pthread_mutex_lock(lock)
        while !isClosed {
            guard let (job, tenant) = queue.next() else {
                pthread_cond_wait(change, lock)
                continue
            }
            pthread_mutex_unlock(lock)
            job()
            pthread_mutex_lock(lock)
            queue.ended(tenant)
            // A job of the tenant may have waited for the end of this one, and this thread takes one alone.
            pthread_cond_signal(change)
        }
        pthread_mutex_unlock(lock)
    }
}
