import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TenonPostgres
import TestSupport
import Testing

/// The adapters of the storage ports; PostgreSQL's with all tenants in one database, and with one for each. Every contract
/// is asked of all.
enum StorageAdapter: String, CaseIterable, CustomTestStringConvertible {
    case memory, postgresql
    case databasePerTenant = "a database per tenant"

    var testDescription: String { rawValue }
}

/// A fresh storage of an adapter, with everything that a contract needs.
@dynamicMemberLookup
struct Storage {
    let adapters: any StorageAdapters
    let transactions: any Transactions
    /// Where tenants themselves are kept.
    let registry: any Transactions
    let directory: any Directory
    /// The actions in the audit log, of all tenants, in the order of their records.
    let auditedActions: @Sendable () async throws -> [String]
    /// Opens what the audit log says of events; nil where nothing is sealed.
    let auditSealer: (any ValueSealer)?
    let accessChanges = HeardAccessChanges()
    let revisions = HeardRevisions()
    let clock = ManualClock()
    let ids: Identifiers
    /// libpq's, of the database behind it; nil of the memory.
    let parameters: [(String, String)]?

    subscript<Port>(dynamicMember port: KeyPath<any StorageAdapters, Port>) -> Port { adapters[keyPath: port] }

    /// Lends a storage to the body.
    static func with(
        _ adapter: StorageAdapter, _ body: (Storage) async throws -> Void
    ) async throws {
        let storage = try await Storage(adapter)
        let running = Task { try await storage.adapters.run() }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(storage)) } catch { outcome = .failure(error) }
        running.cancel()
        await storage.adapters.close()
        try outcome.get()
    }

    private init(_ adapter: StorageAdapter) async throws {
        let randomness = SystemRandomness()
        let process = ProcessDependencies(
            clock: clock, randomness: randomness,
            identifiers: Identifiers(clock: SystemClock(), randomness: randomness))
        ids = process.identifiers
        process.revisions.add(revisions)
        process.access.add(accessChanges)
        switch adapter {
        case .memory:
            let storage = MemoryStorage(process)
            adapters = storage
            parameters = nil
            auditedActions = { storage.memory.auditRecords.map(\.action) }
        case .postgresql, .databasePerTenant:
            let parameters = try await TestCluster.migratedDatabase()
            self.parameters = parameters
            adapters = try await PostgresStorage.open(
                PostgresConfiguration(parameters: parameters), process, migrates: false)
            auditedActions = {
                try await TestCluster.script(parameters, "SELECT action FROM tenon.audit_records ORDER BY id")
                    .compactMap { $0[0] }
            }
        }
        let keks = KeyEncryptionKeys([1: Secret(randomness.bytes(32))])
        let keys = try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: adapters.dataKeys, signingKeys: adapters.signingKeys,
            randomness: randomness, clock: clock)
        let sealer = EnvelopeSealer(
            keks: keks, for: .audit, dataKeys: adapters.dataKeys, randomness: randomness, clock: clock)
        auditSealer = parameters == nil ? nil : sealer
        let opened = StorageKeys(
            digests: keys.digests,
            audit: AuditSealer(sealer: sealer, hashing: OpenSSLChainHash(), randomness: randomness))
        let routed = adapters.transactions(opened)
        transactions =
            adapter == .databasePerTenant
            ? DatabasePerTenant(transactions: routed, shared: SharedDatabase(parameters ?? [])) : routed
        registry = adapters.registry(opened)
        directory = adapters.directory(keys.digests)
    }

    func caller(_ tenant: TenantID) -> Caller {
        Caller(.system(job: "contract", tenant: tenant), from: .test)
    }

    /// For use cases on the storage, with values that are not sealed.
    var ports: Ports {
        let randomness = SeededRandomness()
        return Ports(
            transactions: transactions, authorizer: PolicyAuthorizer.forTests(), sealer: PlainSealer(),
            digests: RootDigests(Secret(randomness.bytes(32))), identifiers: ids, randomness: randomness, clock: clock)
    }

    /// Writes as a job of the tenant.
    @discardableResult
    func write<Value: Sendable>(
        _ tenant: TenantID, _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await transactions.write(for: caller(tenant), body)
    }

    func tenant(_ slug: String) throws -> Tenant {
        Tenant.register(
            id: ids.next(), slug: try TenantSlug(slug), name: try DisplayName("Ünïcode & Co."), plan: .starter,
            at: clock.now()
        ).0
    }

    func user(_ tenant: TenantID, email: String, username: String? = nil) throws -> User {
        User.register(
            id: ids.next(), tenant: tenant, email: try EmailAddress(email),
            username: try username.map { text throws(Violation) in try Username(text) },
            passwordHash: PasswordHash(encoded: "$scrypt$x"), roles: [.owner, .viewer], at: clock.now()
        ).0
    }

    func namespace(_ tenant: TenantID, _ name: String, description: String? = nil) throws -> Namespace {
        Namespace.create(
            id: ids.next(), tenant: tenant, name: try NamespaceName(name),
            description: try description.map { text throws(Violation) in try Description(text) }, by: "system:contract",
            at: clock.now()
        ).0
    }

    /// One revision of the namespace: what the body adds to it, by the entries that stand under the keys.
    @discardableResult
    func revise(
        _ namespace: Namespace, _ keys: [String] = [],
        _ body: @Sendable (inout ConfigRevision, [ConfigKey: ConfigEntry]) throws(Failure) -> Void
    ) async throws(Failure) -> ConfigRevision {
        let keys = keys.map { key in try! ConfigKey(key) }
        return try await write(namespace.tenant) { work throws(Failure) in
            let (standing, entries) = try await work.configuration.revise(namespace.id, keys: keys)
            var revision = ConfigRevision(of: standing, at: clock.now())
            try body(&revision, entries)
            try await work.configuration.save(revision)
            return revision
        }
    }

    /// Sets one key in a revision of its own.
    @discardableResult
    func set(
        _ namespace: Namespace, _ key: String, _ value: JSONValue = "x", as type: ConfigValueType = .string,
        schema: JSONValue? = nil, isSecret: Bool = false, tags: [String] = [], _ change: ConfigChange = .updated,
        comment: String? = nil
    ) async throws -> ConfigEntry {
        let draft = try ConfigDraft(
            value: value, type: type, schema: schema, description: try Description("line one\nline two ✓"),
            isSecret: isSecret, tags: try ConfigTags(tags))
        let key = try ConfigKey(key)
        let comment = try comment.map { text throws(Violation) in try ChangeComment(text) }
        let revision = try await revise(namespace, [key.text]) { revision, standing throws(Failure) in
            _ = revision.set(
                key, draft, sealed: SealedBytes(draft.value.plaintext), as: standing[key] == nil ? .created : change,
                before: standing[key], id: ids.next(), version: ids.next(), references: [], comment: comment,
                by: "system:contract")
        }
        return revision.changes[0]
    }

    @discardableResult
    func delete(_ namespace: Namespace, _ key: String) async throws -> ConfigEntry {
        let key = try ConfigKey(key)
        let revision = try await revise(namespace, [key.text]) { revision, standing throws(Failure) in
            _ = revision.delete(standing[key]!, version: ids.next(), comment: nil, by: "system:contract")
        }
        return revision.changes[0]
    }
}

/// Writes down what it hears.
final class HeardRevisions: RevisionObserver {
    private let heard = Mutex<[NamespaceID: [Int64]]>([:])

    func namespace(_ id: NamespaceID, reached revision: Int64) {
        heard.withLock { $0[id, default: []].append(revision) }
    }

    func namespace(_ id: NamespaceID, mayHaveReached revision: Int64) {}

    func of(_ namespace: NamespaceID) -> [Int64] {
        heard.withLock { $0[namespace] ?? [] }
    }
}

/// Remembers the changes of access that it was told of.
final class HeardAccessChanges: AccessObserver {
    private let heard = Mutex<[AccessChange]>([])

    var all: [AccessChange] { heard.withLock { $0 } }

    func changed(_ change: AccessChange) {
        heard.withLock { $0.append(change) }
    }
}
