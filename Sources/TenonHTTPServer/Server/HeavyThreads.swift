internal import NIOCore
public import TenonDomain
internal import TenonKit

/// Threads for long computations, with a lower priority than the event loops. Tenants take turns on them job by job,
/// where a job is a task's work between two suspensions; one tenant gets at most all threads but one.
public final class HeavyThreads: HeavyWork {
    private let threads: WorkerThreads<TenantID?, @Sendable () -> Void>

    /// As many threads as cores, at least two: otherwise one tenant's long job would delay the others' short ones.
    public convenience init() {
        self.init(threads: max(2, System.coreCount))
    }

    init(threads: Int) {
        self.threads = WorkerThreads("tenon-heavy", threads: threads, perHolder: max(1, threads - 1)) { $0() }
    }

    public func executor(for tenant: TenantID?) -> any TaskExecutor { Lane(threads: self, tenant: tenant) }

    /// One tenant's queue for the threads.
    private final class Lane: TaskExecutor {
        private let threads: HeavyThreads
        private let tenant: TenantID?

        init(threads: HeavyThreads, tenant: TenantID?) {
            self.threads = threads
            self.tenant = tenant
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            // Never refused: tasks hold their executors, and the threads take jobs for as long as those live.
            _ = threads.threads.add({ [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }, of: tenant)
        }
    }
}
