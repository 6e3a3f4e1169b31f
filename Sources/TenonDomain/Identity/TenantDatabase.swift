public import TenonKit

/// The own database of a tenant with isolation `database`: the intent, the progress, and the last error. A tenant
/// without one is in the shared database.
public struct TenantDatabase: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// The intent is recorded; nothing was done yet.
        case requested
        /// The database is being created.
        case creating
        /// The migrations are running.
        case migrating
        /// It accepts the tenant's rows, and gets the first of them.
        case seeding
        /// In use.
        case ready
        /// A step failed: `lastError` has the reason, and it is retried.
        case failed
        /// It is being deleted permanently.
        case dropping
        case dropped

        /// Whether the tenant's rows are in it.
        public var isRouted: Bool { self == .seeding || self == .ready }
        /// Whether there is work to do.
        public var isPending: Bool { self != .ready && self != .dropped }
    }

    public let tenant: TenantID
    public private(set) var state: State
    /// The number of its newest migration; 0 before the first.
    public private(set) var schemaVersion: Int64
    /// How often a process has started work on it. Also shows a process that another one has taken over.
    public let attempts: Int64
    /// For the operator: one line without secrets.
    public private(set) var lastError: String?
    /// No other process starts work on it before this time.
    public private(set) var heldUntil: Timestamp
    public private(set) var updatedAt: Timestamp

    /// From a store.
    public init(
        tenant: TenantID, state: State, schemaVersion: Int64, attempts: Int64, lastError: String?,
        heldUntil: Timestamp, updatedAt: Timestamp
    ) {
        self.tenant = tenant
        self.state = state
        self.schemaVersion = schemaVersion
        self.attempts = attempts
        self.lastError = lastError
        self.heldUntil = heldUntil
        self.updatedAt = updatedAt
    }

    /// The intent, recorded with the tenant.
    public init(requestedFor tenant: TenantID, at now: Timestamp) {
        self.init(
            tenant: tenant, state: .requested, schemaVersion: 0, attempts: 0, lastError: nil, heldUntil: now,
            updatedAt: now)
    }

    /// `tenon_t_` and the 26 characters of the tenant's id: fixed in advance, so that a repeated creation finds it.
    public var name: String { Self.name(of: tenant) }

    public static func name(of tenant: TenantID) -> String {
        "tenon_t_" + tenant.description.dropFirst(TenantID.prefixLength)
    }
}

extension TenantDatabase {
    private static let longestDelay = Duration.seconds(300)

    /// The next state is reached.
    public func reached(_ state: State, schemaVersion: Int64? = nil, at now: Timestamp) -> TenantDatabase {
        var next = self
        next.state = state
        next.schemaVersion = schemaVersion ?? next.schemaVersion
        next.lastError = nil
        next.updatedAt = now
        if !state.isPending { next.heldUntil = now }
        return next
    }

    /// A step failed. Retried after 1 s, 2 s, 4 s and so on, at most 5 minutes. A deletion remains a deletion.
    public func failed(_ reason: String, at now: Timestamp) -> TenantDatabase {
        var next = self
        if state != .dropping { next.state = .failed }
        next.lastError = String(reason.prefix(500))
        next.heldUntil = now + min(.seconds(1 << min(max(attempts - 1, 0), 9)), Self.longestDelay)
        next.updatedAt = now
        return next
    }

    /// It is to be deleted, after the process that is working on it has finished.
    public func condemned(at now: Timestamp) -> TenantDatabase {
        guard state != .dropped else { return self }
        return reached(.dropping, at: now)
    }
}

extension TenantID {
    /// `ten_`
    fileprivate static var prefixLength: Int { Tenant.idPrefix.utf8.count + 1 }
}

extension FailureCode {
    public static let tenantDatabaseUnavailable = FailureCode(
        "tenant_database_unavailable", .unavailable, "The tenant's database is not available",
        "The tenant's own database is being created or is unreachable. Other tenants are not "
            + "affected. Try again after `Retry-After`.")
    public static let tenantRestoring = FailureCode(
        "tenant_restoring", .unavailable, "The tenant is being restored",
        "The tenant's rows are being replaced by those of a backup. Reads continue; writes are "
            + "accepted again after `Retry-After`.")
}
