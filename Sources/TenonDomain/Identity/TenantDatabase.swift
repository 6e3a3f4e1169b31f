public import TenonKit

/// The database of its own that a tenant of isolation `database` has: what was asked for, how far it is, and what went
/// wrong. A tenant without one stands in the shared database.
public struct TenantDatabase: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// The intent stands; nothing was done yet.
        case requested
        /// The database is being made.
        case creating
        /// The migrations run in it.
        case migrating
        /// It takes the tenant's rows, and gets the first of them.
        case seeding
        /// In use.
        case ready
        /// A step failed: `lastError` says why, and it is tried again.
        case failed
        /// It is being removed, for good.
        case dropping
        case dropped

        /// Whether the tenant's rows stand in it.
        public var isRouted: Bool { self == .seeding || self == .ready }
        /// Whether somebody has to do something.
        public var isPending: Bool { self != .ready && self != .dropped }
    }

    public let tenant: TenantID
    public private(set) var state: State
    /// The number of the newest migration that was applied to it; 0 before the first.
    public private(set) var schemaVersion: Int64
    /// How often somebody took it up since it was asked for. Also what tells a process that it was overtaken.
    public let attempts: Int64
    /// For the operator: one line without a secret.
    public private(set) var lastError: String?
    /// Nobody takes it up before.
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

    /// The intent, as it is recorded with the tenant.
    public init(requestedFor tenant: TenantID, at now: Timestamp) {
        self.init(
            tenant: tenant, state: .requested, schemaVersion: 0, attempts: 0, lastError: nil, heldUntil: now,
            updatedAt: now)
    }

    /// `tenon_t_` and the 26 characters of the tenant's id: known before it is made, so that making it again finds it.
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

    /// A step failed. Tried again after 1 s, 2 s, 4 s and so on, 5 minutes at most. A removal stays one.
    public func failed(_ reason: String, at now: Timestamp) -> TenantDatabase {
        var next = self
        if state != .dropping { next.state = .failed }
        next.lastError = String(reason.prefix(500))
        next.heldUntil = now + min(.seconds(1 << min(max(attempts - 1, 0), 9)), Self.longestDelay)
        next.updatedAt = now
        return next
    }

    /// It is to be removed. Whoever works on it now is waited for.
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
        "This tenant has a database of its own, which is still being made or does not answer. Other tenants are not "
            + "concerned. Try again after `Retry-After`.")
    public static let tenantRestoring = FailureCode(
        "tenant_restoring", .unavailable, "The tenant is being restored",
        "The tenant's rows are being replaced by those of a backup, or were a moment ago. Reads are answered; writes are "
            + "taken again after `Retry-After`.")
}
