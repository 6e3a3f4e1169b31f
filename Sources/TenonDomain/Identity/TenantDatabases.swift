public import TenonKit

/// Stores the state of the tenant's own database. The row is in the shared database, with the tenants, so commands on
/// it run in the registry's transactions.
///
/// Requirements, each with a contract test: repeated requests store one row; of two concurrent writers one succeeds;
/// other tenants see nothing.
public protocol TenantDatabases: Sendable {
    /// Records that the tenant gets its own database. Does nothing if that is already recorded.
    func request(at now: Timestamp) async throws(Failure)

    /// Nil for a tenant of the shared database.
    func database() async throws(Failure) -> TenantDatabase?

    /// Replaces the old state with the new one, unless it has changed since it was read; returns whether it did.
    func replace(_ old: TenantDatabase, by new: TenantDatabase) async throws(Failure) -> Bool
}

/// Stores with a `TenantDatabases`.
public protocol HasTenantDatabases: Sendable {
    var tenantDatabases: any TenantDatabases { get }
}

/// The databases of all tenants with pending work: for the reconciler, never for a request.
public protocol TenantDatabaseQueue: Sendable {
    /// Takes a pending one that no process holds, and holds it until the given time, so that a crashed process loses it
    /// then. Counts as an attempt. Two processes never hold the same one. Nil if there is no work.
    func take(holdingUntil: Timestamp, at now: Timestamp) async throws(Failure) -> TenantDatabase?
}

/// The server of tenants' own databases. Every step can be repeated after an interruption anywhere, and run twice
/// concurrently.
///
/// Failures' details are lines for the operator.
public protocol TenantDatabaseCluster: Sendable {
    /// Creates the database if it does not exist, and allows only the service's roles to connect.
    func create(_ name: String) async throws(Failure)

    /// Applies missing migrations; returns the number of the newest one.
    func migrate(_ name: String) async throws(Failure) -> Int64

    /// Ends its connections and deletes it and the tenant's directory entries. Does nothing if it does not exist.
    func drop(_ name: String, of tenant: TenantID) async throws(Failure)
}

/// Writes the first rows of a tenant into its new database. Can be repeated after an interruption anywhere.
public protocol TenantSeed: Sendable {
    func seed(_ tenant: TenantID) async throws(Failure)
}
