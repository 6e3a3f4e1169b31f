import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TestSupport

@testable import TenonPostgres

/// A shared database of one test's own, and what makes tenants' databases beside it.
struct TenantSandbox {
    let parameters: [(String, String)]
    let database: PostgresDatabase
    let transactions: PostgresTransactions
    let registry: PostgresTransactions
    let directory: PostgresDirectory
    let clock = SystemClock()
    let ids: Identifiers

    static func use(
        on server: PostgresServer? = nil, limits: PostgresLimits = PostgresLimits(pipelineConnections: 1),
        login: String? = nil, _ body: (TenantSandbox) async throws -> Void
    ) async throws {
        let parameters: [(String, String)]
        if let server {
            parameters = server.parameters
            _ = try await Migrator(PostgresConfiguration(parameters: parameters)).up()
        } else {
            parameters = try await TestCluster.migratedDatabase()
        }
        let sandbox = try await TenantSandbox(parameters, limits, login)
        let time = Task { await sandbox.database.run() }
        defer {
            time.cancel()
            sandbox.database.close()
        }
        try await body(sandbox)
    }

    private init(_ parameters: [(String, String)], _ limits: PostgresLimits, _ login: String?) async throws {
        self.parameters = parameters
        let own = login.map { login in parameters.map { $0.0 == "user" ? ("user", login) : $0 } } ?? parameters
        database = try await PostgresDatabase.open(PostgresConfiguration(parameters: own), limits: limits)
        ids = Identifiers(clock: clock, randomness: SystemRandomness())
        let digests = PlainDigests()
        let sealer = AuditSealer(
            sealer: EnvelopeSealer(
                keks: KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))]), for: .audit,
                dataKeys: PostgresKeys(database), randomness: SystemRandomness(), clock: clock),
            hashing: OpenSSLChainHash(), randomness: SystemRandomness())
        transactions = PostgresTransactions(
            database, digests: digests, auditSealer: sealer, clock: clock, identifiers: ids)
        registry = PostgresTransactions(
            database, digests: digests, auditSealer: sealer, clock: clock, identifiers: ids, place: .registry)
        directory = PostgresDirectory(database, digests: digests)
    }

    func reconcile(
        on cluster: (any TenantDatabaseCluster)? = nil, clock: any WallClock = SystemClock()
    ) -> ReconcileTenantDatabases {
        ReconcileTenantDatabases(
            queue: PostgresTenantDatabaseQueue(database), cluster: cluster ?? PostgresTenantCluster(database),
            registry: registry, seeds: [], clock: clock)
    }

    func caller(_ tenant: TenantID) -> Caller { Caller(.system(job: "test", tenant: tenant), from: .test) }

    /// A tenant whose database is only asked for.
    func request() async throws -> TenantID {
        let id: TenantID = ids.next()
        let now = clock.now()
        let tenant = Tenant.register(
            id: id, slug: try TenantSlug("t" + TestCluster.uuid(id)), name: try DisplayName("Tenant"), plan: .starter,
            isolation: .database, at: now
        ).0
        try await registry.write(for: caller(id)) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.tenantDatabases.request(at: now)
        }
        return id
    }

    /// A tenant with a database of its own, made from a template.
    func routed() async throws -> TenantID {
        let id: TenantID = ids.next()
        try await TestCluster.giveDatabase(to: id, beside: parameters)
        return id
    }

    func condemn(_ tenant: TenantID) async throws {
        _ = try await registry.write(for: caller(tenant)) { work throws(Failure) in
            guard let old = try await work.tenantDatabases.database() else { return false }
            return try await work.tenantDatabases.replace(old, by: old.condemned(at: clock.now()))
        }
    }

    /// Writes one namespace, and an event.
    @discardableResult
    func write(_ tenant: TenantID, _ name: String) async throws(Failure) -> Namespace {
        let namespace: Namespace
        do {
            namespace =
                Namespace.create(
                    id: ids.next(), tenant: tenant, name: try NamespaceName(name), description: nil, by: "system:test",
                    at: clock.now()
                ).0
        } catch {
            throw .bug("\(error)")
        }
        try await transactions.write(for: caller(tenant)) { work throws(Failure) in
            try await work.configuration.add(namespace)
            work.record(DomainEvent(.namespaceCreated, on: .tenant(tenant)))
        }
        return namespace
    }

    func names(_ tenant: TenantID) async throws(Failure) -> [String] {
        try await transactions.reads(in: tenant).configuration.namespaces(PageRequest(limit: 50)).items.map(\.name.text)
    }

    func state(_ tenant: TenantID) async throws -> TenantDatabase.State? {
        try await registry.reads(in: tenant).tenantDatabases.database()?.state
    }

    /// SQL as the superuser, in the tenant's own database or the shared one.
    @discardableResult
    func sql(_ text: String, in tenant: TenantID? = nil) async throws -> [[String?]] {
        let own = tenant.map { TenantDatabase.name(of: $0) }
        return try await TestCluster.script(
            parameters.map { $0.0 == "dbname" ? ("dbname", own ?? $0.1) : $0 }, text)
    }

    func exists(_ tenant: TenantID) async throws -> Bool {
        try await !sql("SELECT FROM pg_database WHERE datname = '\(TenantDatabase.name(of: tenant))'").isEmpty
    }
}

/// Digests without a key.
private struct PlainDigests: KeyedDigests {
    func digest(_ bytes: [UInt8], for purpose: DigestPurpose) -> [UInt8] { Array(purpose.rawValue.utf8) + bytes }
}
