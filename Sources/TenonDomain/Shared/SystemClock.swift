internal import FoundationEssentials
public import TenonDomain
public import TenonKit

/// The system's clock.
public struct SystemClock: WallClock {
    private static let start = (wall: read(), steady: ContinuousClock.now)

    public init() {}

    public func now() -> Timestamp { Self.read() }

    public func steady() -> Timestamp { Self.start.wall + (ContinuousClock.now - Self.start.steady) }

    private static func read() -> Timestamp {
        Timestamp(millisecondsSince1970: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}

/// A component that needs nothing but this process.
public struct MemoryProbe: HealthProbe {
    public let component = "database"
    public let isEssential = true

    public init() {}

    public func check() async -> ComponentHealth {
        ComponentHealth(status: .up, type: "memory")
    }
}
