internal import Synchronization
public import TenonDomain

/// Whether PostgreSQL answers, and has room to write on its disk.
public final class PostgresProbe: HealthProbe {
    public let component = "database"
    public let isEssential = true
    private let database: PostgresDatabase
    private let disk = Mutex((isFull: false, askedAt: ContinuousClock.Instant?.none))

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let interval = Duration.seconds(1)
    private static let ping = Statement("ping", "SELECT 1")
    private static let leastMemory = Statement("least_memory", "SELECT set_config('work_mem', '64kB', true)")
    /// Rows beyond `work_mem` go to a temporary file, some hundred kilobytes, in the data folder unless the server is told
    /// otherwise: a write that changes nothing.
    private static let spill = Statement("spill", "SELECT count(*) FROM generate_series(1, 10000)")
    private static let diskFull = "53100"

    public func check() async -> ComponentHealth {
        guard (try? await database.unscopedReads.run([Command(Self.ping)])) != nil else {
            return ComponentHealth(status: .down, type: "postgresql")
        }
        return await isDiskFull()
            ? ComponentHealth(status: .down, type: "disk_full") : ComponentHealth(status: .up, type: "postgresql")
    }

    /// Asked once a second at most: anybody may ask for the health.
    private func isDiskFull() async -> Bool {
        let known: Bool? = disk.withLock { disk in
            if let askedAt = disk.askedAt, ContinuousClock.now - askedAt < Self.interval { return disk.isFull }
            disk.askedAt = .now
            return nil
        }
        if let known { return known }
        var isFull = false
        do throws(PostgresError) {
            _ = try await database.unscopedReads.run([Command(Self.leastMemory), Command(Self.spill)])
        } catch {
            isFull = error.sqlState == Self.diskFull
        }
        disk.withLock { $0.isFull = isFull }
        return isFull
    }
}
