public import TenonDomain

/// Whose log a caller reads. Administrators of the platform name any tenant, and see of another one's records who did
/// what and when, never what stands sealed in them. Of a tenant that has a database of its own they read what the
/// platform recorded of it; what it did itself is read by its own callers.
package struct AuditReading: Sendable {
    static let permission = Permission.auditRead

    private let stores: Reads<any HasAuditLog>
    private let registry: Reads<any HasAuditLog>
    private let authorizer: any Authorizer
    private let digests: any KeyedDigests

    /// `registry` begins where tenants themselves are kept.
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

    /// Nil is the caller's own tenant. Fails with `permissionDenied`, or with `tenantNotFound` for another one's.
    func access(to tenant: TenantID?, as caller: Caller) throws(Failure) -> Access {
        let own = try caller.requireTenant()
        let wanted = tenant ?? own
        try authorizer.require(Self.permission, onTenant: wanted, as: caller)
        let place = wanted == own ? stores : registry
        return Access(tenant: wanted, log: place.in(wanted).auditLog, opensContents: wanted == own)
    }

    /// The keys that heads were signed with, without what others put among them.
    func genuineKeys(of log: any AuditLog) async throws(Failure) -> [PublicSigningKey] {
        try await log.keys().filter { $0.isGenuine(by: digests) }.map(\.key)
    }
}

/// A record as a caller may see it.
public struct AuditView: Sendable, Equatable {
    public let record: StoredAuditRecord
    /// Nil while the record waits for its place in the chain.
    public let link: AuditLink?
    /// Nil where it is not for the caller, or cannot be read: its key was destroyed, or somebody changed the row.
    public let content: AuditContent?

    public init(record: StoredAuditRecord, link: AuditLink?, content: AuditContent?) {
        self.record = record
        self.link = link
        self.content = content
    }
}

extension ValueSealer {
    /// What a record says; nil where that cannot be read.
    func content(
        of record: StoredAuditRecord, charging budget: RequestBudget
    ) async throws(Failure) -> AuditContent? {
        try await text(of: record, charging: budget).flatMap { AuditContent(encoded: $0) }
    }

    /// The same as it was written. Held in memory until the request ends.
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
