package import Logging
package import ServiceLifecycle
package import TenonDomain

/// Makes services of jobs that run beside the requests until shutdown. A job that fails is reported and runs again.
package struct BackgroundJobs: Sendable {
    package typealias Work = @Sendable () async throws(Failure) -> Void

    let logger: Logger
    let reports: JobReports

    package init(logger: Logger, reports: JobReports) {
        self.logger = logger
        self.reports = reports
    }

    /// Runs at once and then after each pause. `failing` is the log line for a failure; `isDoneAtEnd` runs it once more
    /// after the shutdown, for what the last requests left.
    package func every(
        _ pause: Duration, failing message: String, isDoneAtEnd: Bool = false,
        _ work: @escaping Work
    ) -> any Service {
        RecurringJob(pause: pause, message: message, jobs: self, isDoneAtEnd: isDoneAtEnd, work: work)
    }

    /// Runs at every hint, and after each interval without one.
    package func onHints(
        _ hints: AsyncStream<Void>, orEvery interval: Duration, failing message: String,
        _ work: @escaping Work
    ) -> any Service {
        HintedJob(hints: hints, interval: interval, message: message, jobs: self, work: work)
    }

    /// Runs work that ends only when its task is cancelled.
    package func untilShutdown(_ work: @escaping @Sendable () async -> Void) -> any Service {
        CancellableJob(work: work)
    }

    /// Cancellation of the task does not count as a failure.
    fileprivate func attempt(
        _ message: String, _ work: Work
    ) async {
        do throws(Failure) {
            try await work()
            reports.note(message, nil, logger)
        } catch {
            if !Task.isCancelled { reports.note(message, error, logger) }
        }
    }
}

package struct RecurringJob: Service {
    package let pause: Duration
    package let message: String
    fileprivate let jobs: BackgroundJobs
    fileprivate let isDoneAtEnd: Bool
    fileprivate let work: BackgroundJobs.Work

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { await jobs.attempt(message, work) } while (try? await Task.sleep(for: pause)) != nil
        }
        if isDoneAtEnd { await jobs.attempt(message, work) }
    }
}

private struct HintedJob: Service {
    let hints: AsyncStream<Void>
    let interval: Duration
    let message: String
    let jobs: BackgroundJobs
    let work: BackgroundJobs.Work

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask { for await _ in hints { wake.yield() } }
                group.addTask {
                    while (try? await Task.sleep(for: interval)) != nil { wake.yield() }
                    wake.finish()
                }
                for await _ in wakes { await jobs.attempt(message, work) }
                group.cancelAll()
            }
        }
    }
}

private struct CancellableJob: Service {
    let work: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await work() }
    }
}

extension Logger {
    /// Logs a failure with its code and cause.
    package func warning(_ line: Message, _ failure: Failure) {
        warning(
            line,
            metadata: [
                "code": "\(failure.code.slug)", "cause": "\(failure.cause.map { "\($0)" } ?? failure.detail)",
            ])
    }
}
