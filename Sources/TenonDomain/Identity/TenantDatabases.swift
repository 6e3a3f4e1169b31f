public import TenonKit

/// Keeps what is known of the database of the transaction's tenant. It stands beside the tenants, in the shared database:
/// commands on it run in the registry's transactions.
///
/// Obligations, each with a contract test: what is asked for twice stands once; of two that save what they read one
/// wins; another tenant sees nothing.
public protocol TenantDatabases: Sendable {
    /// Records that the tenant is to have a database of its own. Nothing happens where that is recorded already.
    func request(at now: Timestamp) async throws(Failure)

    /// Nil for a tenant of the shared database.
    func database() async throws(Failure) -> TenantDatabase?

    /// Puts the new state in the place of the old one, unless that has changed since it was read; answers whether it
    /// did.
    func replace(_ old: TenantDatabase, by new: TenantDatabase) async throws(Failure) -> Bool
}

/// Stores with a `TenantDatabases`.
public protocol HasTenantDatabases: Sendable {
    var tenantDatabases: any TenantDatabases { get }
}

/// The databases of all tenants that somebody has to work on: for the reconciler, never for a request.
public protocol TenantDatabaseQueue: Sendable {
    /// Takes one that is pending and that nobody holds, and holds it until the moment: whoever dies with it loses it
    /// then. It counts as an attempt. Two never hold the same one. Nil where there is nothing to do.
    func take(holdingUntil: Timestamp, at now: Timestamp) async throws(Failure) -> TenantDatabase?
}

/// The server that tenants' databases are made on. Every step can run again after it was cut off anywhere, and twice at
/// once.
///
/// Failures' details are lines for the operator.
public protocol TenantDatabaseCluster: Sendable {
    /// Makes the database where it is not there, and closes it to everybody but the service's roles.
    func create(_ name: String) async throws(Failure)

    /// Applies what is missing; answers the number of the newest migration.
    func migrate(_ name: String) async throws(Failure) -> Int64

    /// Ends its connections and removes it, and the directory's entries of the tenant. Nothing happens where it is gone.
    func drop(_ name: String, of tenant: TenantID) async throws(Failure)
}

/// Writes the first rows of a tenant into the database that was made for it. Can run again after it was cut off
/// anywhere.
public protocol TenantSeed: Sendable {
    func seed(_ tenant: TenantID) async throws(Failure)
}
