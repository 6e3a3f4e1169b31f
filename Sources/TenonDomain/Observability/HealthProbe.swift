/// How a component of the service is.
public struct ComponentHealth: Sendable, Equatable {
    public enum Status: String, Sendable, CaseIterable {
        case up, down, disabled
    }

    public let status: Status
    /// What implements it: `postgresql`, `memory`, …
    public let type: String

    public init(status: Status, type: String) {
        self.status = status
        self.type = type
    }
}

/// Looks after one component.
public protocol HealthProbe: Sendable {
    /// The component's name in the answer: `database`.
    var component: String { get }
    /// Whether the service is of no use without it.
    var isEssential: Bool { get }

    /// Never fails: a component that does not answer is down. May take long; the caller bounds it.
    func check() async -> ComponentHealth
}

/// Where the process is in its life.
public enum ServicePhase: Sendable, Equatable {
    case starting, running, draining
}
