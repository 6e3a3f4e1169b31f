internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain

/// Extends the chains of the audit log once a second: each time all tenants that have new records get one signed head for
/// all of them.
struct AuditChainService: Service {
    let link: LinkAuditRecords
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(1))) != nil { await extend() }
        }
        // What the last requests left.
        await extend()
    }

    private func extend() async {
        do {
            _ = try await link.execute()
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning(
                "audit records wait for their chain",
                metadata: ["code": "\(error.code.slug)", "cause": "\(error.cause.map { "\($0)" } ?? error.detail)"])
        }
    }
}
