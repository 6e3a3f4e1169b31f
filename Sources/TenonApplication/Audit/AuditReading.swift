public import TenonDomain

/// Selects the audit log that a caller reads. Platform administrators can name any tenant; of other tenants' records
/// they see actor, action and time, never sealed contents. For a tenant with its own database they read the platform's
/// records about it; its own callers read the tenant's own records.
package struct AuditReading: Sendable {
    static let permission = Permission.auditRead

    private let stores: Reads<any HasAuditLog>
    private let registry: Reads<any HasAuditLog>
    private let authorizer: any Authorizer
    private let digests: any KeyedDigests

    /// `registry` opens transactions in the database that stores the tenants.
    package init(
        transactions: any Transactions, registry: any Transactions, authorizer: any Authorizer,
        digests: any KeyedDigests
    ) {
        stores = Reads(transactions) { $0 }
        self.registry = Reads(registry) { $0 }
        self.authorizer = authorizer
        self.digests = digests
    }

    struct Access {
        let tenant: TenantID
        let log: any AuditLog
        /// Whether sealed contents are opened for the caller.
        let opensContents: Bool
    }

    /// Nil means the caller's own tenant. Fails with `permissionDenied`, or with `tenantNotFound` for another tenant.
    func access(to tenant: TenantID?, as caller: Caller) throws(Failure) -> Access {
        let own = try caller.requireTenant()
        let wanted = tenant ?? own
        try authorizer.require(Self.permission, onTenant: wanted, as: caller)
        let place = wanted == own ? stores : registry
        return Access(tenant: wanted, log: place.in(wanted).auditLog, opensContents: wanted == own)
    }

    /// The keys that signed heads, without keys that others inserted.
    func genuineKeys(of log: any AuditLog) async throws(Failure) -> [PublicSigningKey] {
        try await log.keys().filter { $0.isGenuine(by: digests) }.map(\.key)
    }
}

/// A record as visible to a caller.
public struct AuditView: Sendable, Equatable {
    public let record: StoredAuditRecord
    /// Nil while the record waits for its link.
    public let link: AuditLink?
    /// Nil if the caller may not see it, or if it cannot be read because its key was destroyed or the row was changed.
    public let content: AuditContent?

    public init(record: StoredAuditRecord, link: AuditLink?, content: AuditContent?) {
        self.record = record
        self.link = link
        self.content = content
    }
}

extension ValueSealer {
    /// The content of a record; nil if it cannot be read.
    func content(
        of record: StoredAuditRecord, charging budget: RequestBudget
    ) async throws(Failure) -> AuditContent? {
        try await text(of: record, charging: budget).flatMap { AuditContent(encoded: $0) }
    }

    /// The same as written. Held in memory until the request ends.
    func text(of record: StoredAuditRecord, charging budget: RequestBudget) async throws(Failure) -> [UInt8]? {
        switch record.content {
        case .plain(let text): return Array(text.utf8)
        case .sealed(let sealed, _):
            try budget.spend(200 + sealed.bytes.count / 4)
            try budget.hold(sealed.bytes.count)
            do throws(Failure) {
                return try await open(sealed, at: AuditContent.place(of: record.id, in: record.tenant))
            } catch {
                guard error.code.kind == .bug || error.code == .tenantKeyDestroyed else { throw error }
                return nil
            }
        }
    }
}
