public import TenonDomain
internal import TenonKit

/// Creates and deletes tenants' own databases until each matches its row. Every step can be repeated, and its state is
/// stored before it begins, so that a process can crash at any point.
public struct ReconcileTenantDatabases: Sendable {
    /// How long a process owns the work on a database; longer than any step may run.
    static let holdTime = Duration.seconds(120)

    private let queue: any TenantDatabaseQueue
    private let cluster: any TenantDatabaseCluster
    private let registry: Writes<any HasTenants & HasTenantDatabases & RecordsEvents>
    private let seeds: [any TenantSeed]
    private let clock: any WallClock

    /// `registry` opens transactions in the database that stores the tenants. `seeds` write into the new database.
    public init(
        queue: any TenantDatabaseQueue, cluster: any TenantDatabaseCluster, registry: any Transactions,
        seeds: [any TenantSeed], clock: any WallClock
    ) {
        self.queue = queue
        self.cluster = cluster
        self.registry = Writes(registry) { $0 }
        self.seeds = seeds
        self.clock = clock
    }

    /// Works on one database; returns its new state, nil if there is no work. A failed step is recorded and retried
    /// later. Fails if the states cannot be read or written.
    public func execute() async throws(Failure) -> TenantDatabase? {
        let now = clock.now()
        guard let taken = try await queue.take(holdingUntil: now + Self.holdTime, at: now) else { return nil }
        do throws(Overtaken) {
            return taken.state == .dropping ? try await drop(taken) : try await provision(taken)
        } catch {
            switch error {
            case .byAnother: return taken
            case .by(let failure, let last):
                let failed = last.failed(failure.detail, at: clock.now())
                _ = try await replace(last, by: failed)
                return failed
            }
        }
    }

    /// Why the work ends early.
    private enum Overtaken: Error {
        /// Its state was changed by another process: it is to be deleted, or another process works on it.
        case byAnother
        case by(Failure, at: TenantDatabase)
    }

    private func provision(_ taken: TenantDatabase) async throws(Overtaken) -> TenantDatabase {
        let creating = try await advance(taken, to: .creating)
        try await step(creating) { () throws(Failure) in try await cluster.create(creating.name) }
        let migrating = try await advance(creating, to: .migrating)
        let version = try await step(migrating) { () throws(Failure) in try await cluster.migrate(migrating.name) }
        let seeding = try await advance(migrating, to: .seeding, schemaVersion: version)
        for seed in seeds {
            try await step(seeding) { () throws(Failure) in try await seed.seed(seeding.tenant) }
        }
        return try await advance(seeding, to: .ready)
    }

    private func drop(_ taken: TenantDatabase) async throws(Overtaken) -> TenantDatabase {
        try await step(taken) { () throws(Failure) in try await cluster.drop(taken.name, of: taken.tenant) }
        return try await advance(taken, to: .dropped)
    }

    private func step<Value: Sendable>(
        _ database: TenantDatabase, _ body: () async throws(Failure) -> Value
    ) async throws(Overtaken) -> Value {
        do throws(Failure) {
            return try await body()
        } catch {
            throw .by(error, at: database)
        }
    }

    private func advance(
        _ old: TenantDatabase, to state: TenantDatabase.State, schemaVersion: Int64? = nil
    ) async throws(Overtaken) -> TenantDatabase {
        let new = old.reached(state, schemaVersion: schemaVersion, at: clock.now())
        let isReplaced: Bool
        do throws(Failure) {
            isReplaced = try await replace(old, by: new)
        } catch {
            throw .by(error, at: old)
        }
        guard isReplaced else { throw .byAnother }
        return new
    }

    /// A tenant whose database is ready is active from the same commit on.
    private func replace(_ old: TenantDatabase, by new: TenantDatabase) async throws(Failure) -> Bool {
        let job = Caller(
            .system(job: "tenant-databases", tenant: old.tenant), from: Origin(requestID: "tenant-databases"))
        return try await registry.write(in: old.tenant, as: job) { work throws(Failure) in
            guard try await work.tenantDatabases.replace(old, by: new) else { return false }
            if new.state == .ready, let tenant = try await work.tenants.tenantForUpdate(new.tenant),
                let (active, event) = tenant.provisioned(at: new.updatedAt)
            {
                try await work.tenants.save(active)
                work.record(event)
                work.accessChanged(.tenant(active.id))
            }
            return true
        }
    }
}
