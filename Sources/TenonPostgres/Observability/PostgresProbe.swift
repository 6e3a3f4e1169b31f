public import TenonDomain

/// Whether PostgreSQL answers.
public struct PostgresProbe: HealthProbe {
    public let component = "database"
    public let isEssential = true
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let ping = Statement("ping", "SELECT 1")

    public func check() async -> ComponentHealth {
        let answer = try? await database.unscopedReads.run([Command(Self.ping)])
        return ComponentHealth(status: answer == nil ? .down : .up, type: "postgresql")
    }
}
