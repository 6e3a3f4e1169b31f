import TenonCrypto
import TenonDomain
import TenonMemory
import TenonPostgres
import TestSupport
import Testing

/// The two adapters of the storage ports. Every contract is asked of both.
enum StorageAdapter: String, CaseIterable, CustomTestStringConvertible {
    case memory, postgresql

    var testDescription: String { rawValue }
}

/// A fresh storage of an adapter, with everything that a contract needs.
struct Storage {
    let transactions: any Transactions
    let directory: any Directory
    let dataKeys: any DataKeys
    let signingKeys: any SigningKeys
    let outbox: any Outbox
    let replySweeper: any ReplySweeper
    let clock = ManualClock()
    let ids: Identifiers
    /// The database behind it, to be closed by the test's end.
    private let database: PostgresDatabase?

    /// Lends a storage to the body.
    static func with(
        _ adapter: StorageAdapter, _ body: (Storage) async throws -> Void
    ) async throws {
        let storage = try await Storage(adapter)
        defer { storage.database?.close() }
        try await body(storage)
    }

    private init(_ adapter: StorageAdapter) async throws {
        let ids = Identifiers(clock: SystemClock(), randomness: SystemRandomness())
        self.ids = ids
        switch adapter {
        case .memory:
            let memory = MemoryTransactions(clock: clock, identifiers: ids)
            transactions = memory
            directory = MemoryDirectory(memory)
            dataKeys = MemoryKeys(memory)
            signingKeys = MemoryKeys(memory)
            outbox = MemoryOutbox(memory, clock: clock)
            replySweeper = MemoryReplySweeper(memory)
            database = nil
        case .postgresql:
            let configuration = PostgresConfiguration(parameters: try await TestCluster.migratedDatabase())
            let database = try await PostgresDatabase.open(configuration)
            let keys = try await InstallationKeys.open(
                keks: KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))]), secretKey: nil,
                dataKeys: PostgresKeys(database), signingKeys: PostgresKeys(database),
                randomness: SystemRandomness(), clock: clock)
            transactions = PostgresTransactions(database, digests: keys.digests, clock: clock, identifiers: ids)
            directory = PostgresDirectory(database, digests: keys.digests)
            dataKeys = PostgresKeys(database)
            signingKeys = PostgresKeys(database)
            outbox = PostgresOutbox(database, clock: clock)
            replySweeper = PostgresReplySweeper(database)
            self.database = database
        }
    }

    func caller(_ tenant: TenantID) -> Caller {
        Caller(.system(job: "contract", tenant: tenant), from: .test)
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
            username: try username.map { text throws(Violation) in try Username(text) }, fullName: nil,
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

    func entry(
        _ namespace: Namespace, _ key: String, _ value: JSONValue = "x", as type: ConfigValueType = .string,
        schema: JSONValue? = nil, isSecret: Bool = false
    ) throws -> ConfigEntry {
        let draft = try ConfigDraft(
            key: try ConfigKey(key), value: value, type: type, schema: schema,
            description: try Description("line one\nline two ✓"), isSecret: isSecret)
        return namespace.newEntry(
            id: ids.next(), draft, sealed: SealedBytes([1, 0, 255, 7]), version: ids.next(), by: "system:contract",
            at: clock.now()
        ).0
    }
}
