internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain

/// Runs the relay at every hint, and once a second whatever the hints say. Cleans up once an hour.
struct EventRelayService: Service {
    let relay: RelayEvents
    let purge: PurgeExpired
    let outbox: any Outbox
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask { for await _ in outbox.hints() { wake.yield() } }
                group.addTask {
                    while (try? await Task.sleep(for: .seconds(1))) != nil { wake.yield() }
                    wake.finish()
                }
                var nextPurge = ContinuousClock.now
                for await _ in wakes {
                    await deliver()
                    guard ContinuousClock.now >= nextPurge else { continue }
                    nextPurge = ContinuousClock.now + .seconds(3600)
                    _ = try? await purge.execute()
                }
                group.cancelAll()
            }
        }
    }

    private func deliver() async {
        do {
            _ = try await relay.execute()
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning(
                "events wait",
                metadata: ["code": "\(error.code.slug)", "cause": "\(error.cause.map { "\($0)" } ?? "")"])
        }
    }
}
