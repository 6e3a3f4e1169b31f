internal import Logging
internal import ServiceLifecycle
internal import TenonDomain

/// Repeats its work until shutdown: at once, and then after each pause. A failure is reported, and the work is
/// repeated.
struct Recurring: Service {
    let pause: Duration
    /// The log message of a failure.
    let complaint: Logger.Message
    let logger: Logger
    var reports = JobReports()
    /// Whether the work runs once more after shutdown, for the last requests.
    var isDoneAtEnd = false
    let work: @Sendable () async throws(Failure) -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { await reports.attempt(complaint, logger, work) } while (try? await Task.sleep(for: pause)) != nil
        }
        if isDoneAtEnd { await reports.attempt(complaint, logger, work) }
    }
}

/// Runs its work on every hint until shutdown, and also after each interval without one. A failure is reported, and the
/// work is repeated.
struct Prompted: Service {
    let hints: AsyncStream<Void>
    let interval: Duration
    /// The log message of a failure.
    let complaint: Logger.Message
    let logger: Logger
    var reports = JobReports()
    let work: @Sendable () async throws(Failure) -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask { for await _ in hints { wake.yield() } }
                group.addTask {
                    while (try? await Task.sleep(for: interval)) != nil { wake.yield() }
                    wake.finish()
                }
                for await _ in wakes { await reports.attempt(complaint, logger, work) }
                group.cancelAll()
            }
        }
    }
}

/// Runs work until shutdown that only ends when its task is cancelled.
struct UntilShutdown: Service {
    let work: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await work() }
    }
}

extension Logger {
    /// Logs a failure with its code and cause.
    func warning(_ line: Message, _ failure: Failure) {
        warning(
            line,
            metadata: [
                "code": "\(failure.code.slug)", "cause": "\(failure.cause.map { "\($0)" } ?? failure.detail)",
            ])
    }
}

extension JobReports {
    /// Cancellation of the task does not count as a failure.
    fileprivate func attempt(
        _ complaint: Logger.Message, _ logger: Logger, _ work: @Sendable () async throws(Failure) -> Void
    ) async {
        do throws(Failure) {
            try await work()
            note(complaint, nil, logger)
        } catch {
            if !Task.isCancelled { note(complaint, error, logger) }
        }
    }
}
