internal import Logging
internal import ServiceLifecycle
internal import TenonDomain

/// Does something again and again until shutdown, at once and then after each pause. What fails is told to the log, and
/// done again next time.
struct Recurring: Service {
    let pause: Duration
    /// What the log says where it fails.
    let complaint: Logger.Message
    let logger: Logger
    /// Whether it is done once more after the shutdown, for what the last requests left.
    var isDoneAtEnd = false
    let work: @Sendable () async throws(Failure) -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { await logger.attempt(complaint, work) } while (try? await Task.sleep(for: pause)) != nil
        }
        if isDoneAtEnd { await logger.attempt(complaint, work) }
    }
}

/// Does something at every hint until shutdown, and once in a time whatever the hints say. What fails is told to the log,
/// and done again next time.
struct Prompted: Service {
    let hints: AsyncStream<Void>
    let interval: Duration
    /// What the log says where it fails.
    let complaint: Logger.Message
    let logger: Logger
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
                for await _ in wakes { await logger.attempt(complaint, work) }
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

    /// Warns where it fails, unless that is because the task was cancelled.
    fileprivate func attempt(_ complaint: Message, _ work: @Sendable () async throws(Failure) -> Void) async {
        do throws(Failure) {
            try await work()
        } catch {
            if !Task.isCancelled { warning(complaint, error) }
        }
    }
}
