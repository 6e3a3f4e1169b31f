internal import TenonDomain

/// A cache of which database holds a tenant's rows.
///
/// Whether a tenant has a database of its own is decided before its first row and never changes, so that a tenant of
/// the shared database is cached for good. The state of a tenant's own database is cached for a second.
struct TenantRoutes {
    typealias Moment = ContinuousClock.Instant

    enum Route {
        case shared
        case own(TenantDatabase)
    }

    /// How long a database may still be used after it was marked for deletion or missed a migration.
    static let lifetime = Duration.seconds(1)
    /// Beyond this many the older half is dropped.
    private static let capacity = 50_000

    private var shared: Set<TenantID> = []
    private var olderShared: Set<TenantID> = []
    private var own: [TenantID: (database: TenantDatabase, until: Moment)] = [:]

    func isShared(_ tenant: TenantID) -> Bool {
        shared.contains(tenant) || olderShared.contains(tenant)
    }

    func route(of tenant: TenantID, at now: Moment) -> Route? {
        if isShared(tenant) { return .shared }
        guard let known = own[tenant], known.until > now else { return nil }
        return .own(known.database)
    }

    mutating func learn(_ route: Route, of tenant: TenantID, at now: Moment) {
        switch route {
        case .shared:
            if shared.count >= Self.capacity {
                olderShared = shared
                shared = []
            }
            shared.insert(tenant)
        case .own(let database):
            if own.count >= Self.capacity { own = own.filter { $0.value.until > now } }
            own[tenant] = (database, now + Self.lifetime)
        }
    }
}

extension TenantDatabase {
    /// Passes where requests may use the database; else fails with what they are answered.
    func requireUsable(schemaVersion expected: Int64) throws(Failure) {
        guard state.isRouted else {
            throw Failure(
                .tenantDatabaseUnavailable, "This tenant's database is not ready: it is \(state.rawValue).",
                retryAfter: .seconds(5))
        }
        guard schemaVersion >= expected else {
            throw Failure(
                .schemaOutdated, "This tenant's database is not migrated to this version yet.", retryAfter: .seconds(5))
        }
    }
}
