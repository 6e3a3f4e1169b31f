/// The health of a component.
public struct ComponentHealth: Sendable, Equatable {
    public enum Status: String, Sendable, CaseIterable {
        case up, down, disabled
    }

    public let status: Status
    /// Its implementation: `postgresql`, `memory`, …
    public let type: String

    public init(status: Status, type: String) {
        self.status = status
        self.type = type
    }
}

/// Checks one component.
public protocol HealthProbe: Sendable {
    /// The component's name in the response: `database`.
    var component: String { get }
    /// Whether the service is unusable without it.
    var isEssential: Bool { get }

    /// Never fails: an unreachable component is down. Can take long; the caller limits the time.
    func check() async -> ComponentHealth
}

/// The phase of the process.
public enum ServicePhase: Sendable, Equatable {
    case starting, running, draining
}
