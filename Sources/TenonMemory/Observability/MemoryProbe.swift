public import TenonDomain

/// A component that needs only this process.
public struct MemoryProbe: HealthProbe {
    public let component = "database"
    public let isEssential = true

    public init() {}

    public func check() async -> ComponentHealth {
        ComponentHealth(status: .up, type: "memory")
    }
}
