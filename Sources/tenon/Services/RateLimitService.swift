internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain

/// Tells the common account of rate limits what this process let pass, as often as shares ask for it. Cleans up once an
/// hour.
struct RateLimitService: Service {
    let limiter: RateLimiter
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask { for await _ in limiter.wakes { wake.yield() } }
                group.addTask {
                    while (try? await Task.sleep(for: RateLimiter.interval)) != nil { wake.yield() }
                    wake.finish()
                }
                var nextPurge = ContinuousClock.now + .seconds(3600)
                for await _ in wakes {
                    await settle()
                    guard ContinuousClock.now >= nextPurge else { continue }
                    nextPurge = ContinuousClock.now + .seconds(3600)
                    try? await limiter.forgetIdle()
                }
                group.cancelAll()
            }
        }
    }

    private func settle() async {
        do {
            try await limiter.settle()
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning(
                "each process keeps rate limits by itself",
                metadata: ["code": "\(error.code.slug)", "cause": "\(error.cause.map { "\($0)" } ?? "")"])
        }
    }
}
