internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain

/// Looks for tenants whose grace is over.
struct TenantDeletionService: Service {
    private static let interval = Duration.seconds(10)

    let delete: DeleteExpiredTenants
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { await deleteDue() }
        }
    }

    private func deleteDue() async {
        do {
            let count = try await delete.execute()
            if count > 0 { logger.notice("tenants are deleted", metadata: ["count": "\(count)"]) }
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning(
                "a tenant is not deleted yet",
                metadata: ["code": "\(error.code.slug)", "cause": "\(error.cause.map { "\($0)" } ?? error.detail)"])
        }
    }
}
