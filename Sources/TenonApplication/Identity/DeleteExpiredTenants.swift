public import TenonDomain

/// Deletes the tenants whose grace period is over: first their keys, so that remaining data cannot be read anywhere,
/// then their rows, and finally the tenants themselves, which frees their slugs. The audit log stays, with the receipt
/// of the keys; for a tenant with its own database only that receipt, because its log is deleted with its database.
///
/// Every step is stored and can be repeated, so that a process can crash at any point, and several can run
/// concurrently.
public struct DeleteExpiredTenants: Sendable {
    /// The approximate number of rows that one transaction deletes.
    private static let batch = 2000
    private static let tenantsAtOnce = 20

    private let registry: Writes<any HasTenants & HasTenantDatabases & RecordsEvents>
    private let catalog: any TenantCatalog
    private let erasure: any TenantErasure
    private let shred: ShredTenantKey
    private let clock: any WallClock

    public init(
        registry: any Transactions, catalog: any TenantCatalog, erasure: any TenantErasure, shred: ShredTenantKey,
        clock: any WallClock
    ) {
        self.registry = Writes(registry) { $0 }
        self.catalog = catalog
        self.erasure = erasure
        self.shred = shred
        self.clock = clock
    }

    private static let job = Caller(
        .system(job: "tenant-deletion", tenant: .platform), from: Origin(requestID: "tenant-deletion"))

    /// Returns the number of deleted tenants. A failure does not delay other tenants; the first failure is thrown at
    /// the end.
    public func execute() async throws(Failure) -> Int {
        var gone = 0
        var first: Failure?
        var last: TenantSlug?
        while !Task.isCancelled {
            let due = try await catalog.due(at: clock.now(), after: last, limit: Self.tenantsAtOnce)
            for tenant in due {
                do throws(Failure) {
                    if try await delete(tenant.id) { gone += 1 }
                } catch {
                    first = first ?? error
                }
            }
            guard due.count == Self.tenantsAtOnce, let end = due.last else { break }
            last = end.slug
        }
        if let first { throw first }
        return gone
    }

    /// False if it was restored at the last moment, or if another process is working on it.
    private func delete(_ id: TenantID) async throws(Failure) -> Bool {
        let now = clock.now()
        let tenant = try await registry.write(in: id, as: Self.job) { work throws(Failure) -> Tenant? in
            guard let tenant = try await work.tenants.tenantForUpdate(id) else { return nil }
            return try await work.save(tenant.erasing(at: now), orKeep: tenant)
        }
        guard let tenant, tenant.isErasing else { return false }
        do throws(Failure) {
            _ = try await shred.execute(tenant, as: Self.job)
        } catch {
            guard error.code == .tenantKeyDestroyed else { throw error }
        }
        guard try await isDatabaseGone(id) else { return false }
        return try await eraseRows(of: tenant)
    }

    /// The tenant's own database is deleted first, with most of the rows: a later call finds it gone.
    private func isDatabaseGone(_ id: TenantID) async throws(Failure) -> Bool {
        let now = clock.now()
        return try await registry.write(in: id, as: Self.job) { work throws(Failure) in
            guard let database = try await work.tenantDatabases.database(), database.state != .dropped else {
                return true
            }
            if database.state != .dropping {
                _ = try await work.tenantDatabases.replace(database, by: database.condemned(at: now))
            }
            return false
        }
    }

    private func eraseRows(of tenant: Tenant) async throws(Failure) -> Bool {
        while !Task.isCancelled {
            switch try await erasure.erase(tenant.id, limit: Self.batch, as: Self.job, recording: tenant.erased()) {
            case .gone: return true
            case .going: continue
            case .waiting: return false
            }
        }
        return false
    }
}
