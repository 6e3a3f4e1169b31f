import Synchronization
import TenonDomain

/// Transactions that count how often changes are read.
final class CountedReads: Transactions {
    private let inner: any Transactions
    private let reads = Mutex(0)

    init(_ inner: any Transactions) {
        self.inner = inner
    }

    var ofChanges: Int { reads.withLock { $0 } }

    func reads(in tenant: TenantID) -> any Stores {
        CountedStores(inner: inner.reads(in: tenant)) { self.reads.withLock { $0 += 1 } }
    }

    func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await inner.write(in: tenant, as: caller, body)
    }
}

private struct CountedStores: Stores {
    let inner: any Stores
    let note: @Sendable () -> Void

    var tenants: any TenantStore { inner.tenants }
    var users: any UserStore { inner.users }
    var sessions: any SessionStore { inner.sessions }
    var sso: any SSOConnectionStore { inner.sso }
    var dataKeys: any DataKeys { inner.dataKeys }
    var access: any AccessStore { inner.access }
    var passwordResets: any PasswordResetStore { inner.passwordResets }
    var apiKeys: any APIKeyStore { inner.apiKeys }
    var auditLog: any AuditLog { inner.auditLog }
    var policies: any PolicyStore { inner.policies }
    var tenantDatabases: any TenantDatabases { inner.tenantDatabases }
    var configuration: any ConfigStore { CountedConfigStore(inner: inner.configuration, note: note) }
}

private struct CountedConfigStore: ConfigStore {
    let inner: any ConfigStore
    let note: @Sendable () -> Void

    func changes(
        in namespace: NamespaceID, after position: RevisionPosition, limit: Int
    ) async throws(Failure) -> (changes: [ConfigEntry], revision: Int64, restoredRevision: Int64) {
        note()
        return try await inner.changes(in: namespace, after: position, limit: limit)
    }

    func add(_ namespace: Namespace) async throws(Failure) { try await inner.add(namespace) }
    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace { try await inner.namespace(id) }
    func namespace(named name: NamespaceName) async throws(Failure) -> Namespace {
        try await inner.namespace(named: name)
    }
    func namespaces(named name: NamespaceName?, _ page: PageRequest) async throws(Failure) -> Page<Namespace> {
        try await inner.namespaces(named: name, page)
    }
    func entry(
        _ key: ConfigKey, in namespace: NamespaceID
    ) async throws(Failure) -> (entry: ConfigEntry, revision: Int64) { try await inner.entry(key, in: namespace) }
    func entries(
        in namespace: NamespaceID, _ filter: ConfigFilter, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> { try await inner.entries(in: namespace, filter, page) }
    func entry(
        _ key: ConfigKey, in namespace: NamespaceID, at choice: ConfigVersionChoice
    ) async throws(Failure) -> ConfigEntry { try await inner.entry(key, in: namespace, at: choice) }
    func versions(
        of key: ConfigKey, in namespace: NamespaceID, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> { try await inner.versions(of: key, in: namespace, page) }
    func revise(
        _ id: NamespaceID, keys: [ConfigKey]
    ) async throws(Failure) -> (namespace: Namespace, entries: [ConfigKey: ConfigEntry]) {
        try await inner.revise(id, keys: keys)
    }
    func references(from addresses: [ConfigAddress]) async throws(Failure) -> ReferenceGraph {
        try await inner.references(from: addresses)
    }
    func save(_ revision: ConfigRevision) async throws(Failure) { try await inner.save(revision) }
    func save(_ namespace: Namespace) async throws(Failure) { try await inner.save(namespace) }
    func remove(_ namespace: Namespace) async throws(Failure) { try await inner.remove(namespace) }
    func countEntries(in namespace: NamespaceID) async throws(Failure) -> Int64 {
        try await inner.countEntries(in: namespace)
    }
}
