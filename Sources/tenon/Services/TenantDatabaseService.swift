internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain

/// Makes and removes tenants' databases, soon after they are asked for. Processes share the work.
struct TenantDatabaseService: Service {
    let reconcile: ReconcileTenantDatabases
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                while !Task.isCancelled, await work() {}
            }
        }
    }

    /// Whether there may be more to do.
    private func work() async -> Bool {
        do {
            guard let database = try await reconcile.execute() else { return false }
            let level: Logger.Level = database.lastError == nil ? .info : .error
            logger.log(
                level: level, "a tenant's database is \(database.state.rawValue)",
                metadata: ["tenant": "\(database.tenant)", "cause": "\(database.lastError ?? "")"])
            return true
        } catch {
            if !Task.isCancelled {
                logger.warning("tenants' databases wait", metadata: ["code": "\(error.code.slug)"])
            }
            return false
        }
    }
}
