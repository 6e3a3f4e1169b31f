internal import TenonDomain
internal import TenonKit

/// Threads of their own for password hashes, which burn a core for long. Requests that hash nothing go first where both want
/// one. Bounded: past the queue's limit work is refused.
final class HashingPool: Sendable {
    private let threads: WorkerThreads<Never?, any HashingJob>

    /// At least one thread.
    init(threads: Int, queueLimit: Int) {
        self.threads = WorkerThreads("tenon-hash", threads: threads, waiting: queueLimit) { $0.run() }
    }

    /// Runs the body on one of the threads. Fails with `hashingOverloaded`, or `cancelled` if the task was cancelled
    /// before the body began.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws(Failure) -> Value {
        let job = HashOf(body)
        return try await job.outcome.wait(
            cancelled: .failure(Self.cancelled),
            start: { if !threads.add(job, of: nil) { job.refuse(Self.overloaded) } },
            onCancel: { threads.remove(of: nil) { $0 === job }?.refuse(Self.cancelled) }
        ).get()
    }

    /// Refuses the jobs that wait; the threads end after what they run.
    func stop() {
        for job in threads.stop() { job.refuse(Self.overloaded) }
    }

    private static let cancelled = Failure(.cancelled, "The request was cancelled.")
    private static let overloaded = Failure(
        .hashingOverloaded, "Too many passwords are being checked now.", retryAfter: .seconds(1))
}

private protocol HashingJob: AnyObject, Sendable {
    func run()
    func refuse(_ failure: Failure)
}

private final class HashOf<Value: Sendable>: HashingJob {
    let outcome = OneShot<Result<Value, Failure>>()
    private let body: @Sendable () -> Value

    init(_ body: @escaping @Sendable () -> Value) {
        self.body = body
    }

    func run() { outcome.set(.success(body())) }
    func refuse(_ failure: Failure) { outcome.set(.failure(failure)) }
}
