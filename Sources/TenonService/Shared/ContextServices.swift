internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonDomain
internal import TenonHTTP
internal import TenonHTTPServer

/// What a context adds to a running service besides its endpoints.
struct ContextServices: Sendable {
    /// Run beside the requests.
    var jobs: @Sendable (BackgroundJobs) -> [any Service] = { _ in [] }
    /// Numbers of the moment for `/metrics`.
    var gauges: @Sendable () -> [ServiceMetrics.Gauge] = { [] }
    /// Components that `/health` looks at.
    var probes: [any HealthProbe] = []

    /// Those of all contexts, in the order of starting.
    static func all(_ parts: UseCaseDependencies) -> [ContextServices] {
        [
            shared(parts), configuration(parts), access(parts), identity(parts), quotas(parts), audit(parts),
            observability(parts),
        ]
    }

    /// The outbox, and rows of every context that have expired.
    private static func shared(_ parts: UseCaseDependencies) -> ContextServices {
        let outbox = parts.storage.outbox
        let relay = RelayEvents(outbox: outbox, subscribers: [], sealer: parts.ports.sealer)
        let purge = PurgeExpired(parts.storage.expiredRows, clock: parts.ports.clock)
        return ContextServices(jobs: { jobs in
            [
                jobs.onHints(
                    outbox.hints(), orEvery: .seconds(1), failing: "delivery of events failed; retrying in 1 s"
                ) {
                    () throws(Failure) in _ = try await relay.execute()
                },
                jobs.every(.seconds(3600), failing: "purge failed; retrying in 1 h") {
                    () throws(Failure) in _ = try await purge.execute()
                },
            ]
        })
    }
}
