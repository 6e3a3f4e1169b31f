internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain

/// The first to stop: makes `/health/ready` fail for a while, so that no new requests are sent here, before the server
/// stops accepting.
struct DrainNotice: Service {
    let life: ServiceLife
    let delay: Duration

    func run() async throws {
        try? await gracefulShutdown()
        life.enter(.draining)
        if delay > .zero { try? await Task.sleep(for: delay) }
    }
}
