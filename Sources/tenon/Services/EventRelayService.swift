internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain

/// Runs the relay at every hint, and once a second whatever the hints say. Cleans up once an hour beside it.
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
                group.addTask {
                    repeat { await cleanUp() } while (try? await Task.sleep(for: .seconds(3600))) != nil
                }
                for await _ in wakes { await deliver() }
                group.cancelAll()
            }
        }
    }

    private func cleanUp() async {
        do {
            _ = try await purge.execute()
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning(
                "old rows stay for another hour",
                metadata: ["code": "\(error.code.slug)", "cause": "\(error.cause.map { "\($0)" } ?? "")"])
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
