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
struct Storage {
    let transactions: any Transactions
    /// Where tenants themselves are kept.
    let registry: any Transactions
    let tenantDatabaseQueue: any TenantDatabaseQueue
    let directory: any Directory
    let seenSignatures: any SeenSignatures
    let dataKeys: any DataKeys
    let signingKeys: any SigningKeys
    let dataKeyRotation: any DataKeyRotation
    let signingKeyRotation: any SigningKeyRotation
    let sealedCells: any SealedCells
    /// The actions in the audit log, of all tenants, in the order of their records.
    let auditedActions: @Sendable () async throws -> [String]
    let auditChain: any AuditChain
    /// Opens what the audit log says of events; nil where nothing is sealed.
    let auditSealer: (any ValueSealer)?
    let outbox: any Outbox
    let signInAttempts: any SignInAttempts
    let accessFeed: any AccessFeed
    let accessChanges = HeardAccessChanges()
    let replySweeper: any ExpiredRows
    let sessionSweeper: any ExpiredRows
    let passwordResetSweeper: any ExpiredRows
    let revisionFeed: any RevisionFeed
    let rateLedger: any RateLedger
    let tenantCatalog: any TenantCatalog
    let tenantErasure: any TenantErasure
    let revisions = HeardRevisions()
    let clock = ManualClock()
    let ids: Identifiers
    /// libpq's, of the database behind it; nil of the memory.
    let parameters: [(String, String)]?
    /// The database behind it, to be closed by the test's end.
    private let database: PostgresDatabase?

    /// Lends a storage to the body.
    static func with(
        _ adapter: StorageAdapter, _ body: (Storage) async throws -> Void
    ) async throws {
        let storage = try await Storage(adapter)
        let time = Task { [database = storage.database] in await database?.run() }
        defer {
            time.cancel()
            storage.database?.close()
        }
        try await body(storage)
    }

    private init(_ adapter: StorageAdapter) async throws {
        let ids = Identifiers(clock: SystemClock(), randomness: SystemRandomness())
        self.ids = ids
        switch adapter {
        case .memory:
            let memory = MemoryTransactions(
                clock: clock, identifiers: ids, revisions: revisions, access: accessChanges)
            transactions = memory
            registry = memory
            tenantDatabaseQueue = MemoryTenantDatabaseQueue(memory)
            directory = MemoryDirectory(memory)
            seenSignatures = MemorySeenSignatures(memory)
            dataKeys = MemoryKeys(memory)
            signingKeys = MemoryKeys(memory)
            dataKeyRotation = MemoryKeyRotation(memory)
            signingKeyRotation = MemoryKeyRotation(memory)
            sealedCells = MemorySealedCells(memory)
            auditedActions = { memory.auditRecords.map(\.action) }
            auditChain = MemoryAuditChain(memory)
            auditSealer = nil
            parameters = nil
            outbox = MemoryOutbox(memory, clock: clock)
            signInAttempts = MemorySignInAttempts(memory)
            accessFeed = MemoryAccessFeed()
            replySweeper = MemoryReplySweeper(memory)
            sessionSweeper = MemorySessionSweeper(memory)
            passwordResetSweeper = MemoryPasswordResetSweeper(memory)
            revisionFeed = MemoryRevisionFeed(memory)
            rateLedger = MemoryRateLedger(now: RateLimiter.nanoseconds)
            tenantCatalog = MemoryTenantCatalog(memory)
            tenantErasure = MemoryTenantCatalog(memory)
            database = nil
        case .postgresql, .databasePerTenant:
            let parameters = try await TestCluster.migratedDatabase()
            let configuration = PostgresConfiguration(parameters: parameters)
            auditedActions = {
                try await TestCluster.script(parameters, "SELECT action FROM tenon.audit_records ORDER BY id")
                    .compactMap { $0[0] }
            }
            let database = try await PostgresDatabase.open(configuration)
            let keks = KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))])
            let keys = try await InstallationKeys.open(
                keks: keks, secretKey: nil,
                dataKeys: PostgresKeys(database), signingKeys: PostgresKeys(database),
                randomness: SystemRandomness(), clock: clock)
            let auditSealer = EnvelopeSealer(
                keks: keks, for: .audit, dataKeys: PostgresKeys(database), randomness: SystemRandomness(),
                clock: clock)
            self.auditSealer = auditSealer
            self.parameters = parameters
            auditChain = PostgresAuditChain(database)
            let recordSealer = AuditSealer(
                sealer: auditSealer, hashing: OpenSSLChainHash(), randomness: SystemRandomness())
            let routed = PostgresTransactions(
                database, digests: keys.digests, auditSealer: recordSealer, clock: clock, identifiers: ids,
                revisions: revisions, access: accessChanges)
            transactions =
                adapter == .databasePerTenant
                ? DatabasePerTenant(transactions: routed, shared: SharedDatabase(parameters)) : routed
            registry = PostgresTransactions(
                database, digests: keys.digests, auditSealer: recordSealer, clock: clock, identifiers: ids,
                revisions: revisions, place: .registry)
            tenantDatabaseQueue = PostgresTenantDatabaseQueue(database)
            directory = PostgresDirectory(database, digests: keys.digests)
            seenSignatures = PostgresSeenSignatures(database)
            dataKeys = PostgresKeys(database)
            signingKeys = PostgresKeys(database)
            dataKeyRotation = PostgresDataKeyRotation(database, clock: clock, identifiers: ids)
            signingKeyRotation = PostgresSigningKeyRotation(database, clock: clock, identifiers: ids)
            sealedCells = PostgresSealedCells(database, clock: clock, identifiers: ids)
            outbox = PostgresOutbox(database, clock: clock)
            signInAttempts = PostgresSignInAttempts(database)
            accessFeed = PostgresAccessFeed(database)
            replySweeper = PostgresReplySweeper(database)
            sessionSweeper = PostgresSessionSweeper(database)
            passwordResetSweeper = PostgresPasswordResetSweeper(database)
            revisionFeed = PostgresRevisionFeed(database)
            rateLedger = PostgresRateLedger(database)
            tenantCatalog = PostgresTenantCatalog(database)
            tenantErasure = PostgresTenantErasure(database, clock: clock, identifiers: ids)
            self.database = database
        }
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
