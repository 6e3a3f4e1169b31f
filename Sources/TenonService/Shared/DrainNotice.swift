internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain

/// Stops first: makes `/health/ready` fail for a while, so that load balancers stop sending requests before the server
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
