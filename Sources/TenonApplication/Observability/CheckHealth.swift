internal import Synchronization
public import TenonDomain

/// Checks the health of the service and its components.
public struct CheckHealth: Sendable {
    public enum Status: String, Sendable, CaseIterable {
        case healthy, degraded, unhealthy
    }

    public struct Check: Sendable {
        public let component: String
        public let health: ComponentHealth
        public let latency: Duration

        public init(component: String, health: ComponentHealth, latency: Duration) {
            self.component = component
            self.health = health
            self.latency = latency
        }
    }

    public struct Output: Sendable {
        public let status: Status
        public let checks: [Check]

        public init(status: Status, checks: [Check]) {
            self.status = status
            self.checks = checks
        }
    }

    private let probes: [any HealthProbe]
    private let timeout: Duration

    /// A component that takes longer than `timeout` is down.
    public init(probes: [any HealthProbe], timeout: Duration) {
        self.probes = probes
        self.timeout = timeout
    }

    /// Unhealthy when an essential component is down, degraded when another one is.
    public func execute() async -> Output {
        var status = Status.healthy
        var checks: [Check] = []
        for probe in probes {
            let begun = ContinuousClock.now
            let health = await bounded(probe)
            checks.append(Check(component: probe.component, health: health, latency: ContinuousClock.now - begun))
            if health.status == .down {
                status = probe.isEssential ? .unhealthy : status == .unhealthy ? .unhealthy : .degraded
            }
        }
        return Output(status: status, checks: checks)
    }

    private func bounded(_ probe: any HealthProbe) async -> ComponentHealth {
        await withTaskGroup(of: ComponentHealth?.self) { group in
            group.addTask { await probe.check() }
            group.addTask { [timeout] in
                try? await Task.sleep(for: timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? ComponentHealth(status: .down, type: "timeout")
        }
    }
}

/// The current phase of the process.
public final class ServiceLife: Sendable {
    private let current = Mutex(ServicePhase.starting)

    public init() {}

    public var phase: ServicePhase { current.withLock { $0 } }

    public func enter(_ phase: ServicePhase) {
        current.withLock { $0 = phase }
    }
}
