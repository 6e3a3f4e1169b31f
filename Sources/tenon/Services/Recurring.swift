internal import Logging
internal import ServiceLifecycle
internal import TenonDomain

/// Does something again and again until shutdown, at once and then after each pause. What fails is reported, and done
/// again next time.
struct Recurring: Service {
    let pause: Duration
    /// What the log says where it fails.
    let complaint: Logger.Message
    let logger: Logger
    var reports = JobReports()
    /// Whether it is done once more after the shutdown, for what the last requests left.
    var isDoneAtEnd = false
    let work: @Sendable () async throws(Failure) -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { await reports.attempt(complaint, logger, work) } while (try? await Task.sleep(for: pause)) != nil
        }
        if isDoneAtEnd { await reports.attempt(complaint, logger, work) }
    }
}

/// Does something at every hint until shutdown, and once in a time whatever the hints say. What fails is reported, and done
/// again next time.
struct Prompted: Service {
    let hints: AsyncStream<Void>
    let interval: Duration
    /// What the log says where it fails.
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

/// Does what ends by itself only when its task is cancelled, until shutdown.
struct UntilShutdown: Service {
    let work: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await work() }
    }
}

extension Logger {
    /// What went wrong, by its code and cause.
    func warning(_ line: Message, _ failure: Failure) {
        warning(
            line,
            metadata: [
                "code": "\(failure.code.slug)", "cause": "\(failure.cause.map { "\($0)" } ?? failure.detail)",
            ])
    }
}

extension JobReports {
    /// A failure because the task was cancelled is none.
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
