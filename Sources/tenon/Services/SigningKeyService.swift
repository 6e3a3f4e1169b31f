internal import Logging
internal import ServiceLifecycle
internal import TenonCrypto
internal import TenonDomain

/// Reads the token-signing keys again and again, so that a rotation needs no restart.
struct SigningKeyService: Service {
    let keys: SigningKeyReload
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: SigningKeySchedule.reloadInterval)) != nil { await reload() }
        }
    }

    private func reload() async {
        do {
            try await keys.execute()
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning(
                "the token-signing keys were not read again",
                metadata: ["code": "\(error.code.slug)", "cause": "\(error.cause.map { "\($0)" } ?? error.detail)"])
        }
    }
}
