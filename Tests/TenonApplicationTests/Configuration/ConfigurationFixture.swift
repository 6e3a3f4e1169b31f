import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TenonYAML
import TestSupport

/// A tenant with a namespace and the use cases of the context, on memory adapters and real crypto.
struct ConfigurationFixture {
    let clock = ManualClock()
    let cache = ConfigCache(bytes: 1 << 20)
    let table = WatchTable()
    let memory: MemoryTransactions
    let ids = Identifiers.forTests()
    let sealer: EnvelopeSealer
    let tenant: TenantID
    let namespace: NamespaceID
    let useCases: ConfigurationUseCases
    /// Sees secrets.
    let member: Caller
    /// Writes, and sees no secrets.
    let writer: Caller
    /// Reads, and sees no secrets.
    let viewer: Caller

    /// `wrapping` puts something between the use cases and the memory.
    init(_ wrapping: (MemoryTransactions) -> any Transactions = { $0 }) async throws {
        let randomness = SystemRandomness()
        memory = MemoryTransactions(
            clock: clock, identifiers: ids, revisions: RevisionObservers([cache, table]))
        let keks = KeyEncryptionKeys([1: Secret(randomness.bytes(32))])
        sealer = EnvelopeSealer(
            keks: keks, dataKeys: MemoryKeys(memory), randomness: randomness, clock: clock)
        let digests = try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory),
            randomness: randomness, clock: clock
        ).digests
        let ports = Ports(
            transactions: wrapping(memory), authorizer: WritersWithoutSight(), sealer: sealer, digests: digests,
            identifiers: ids, randomness: randomness, clock: clock)
        useCases = ConfigurationUseCases(
            ports, documents: ConfigDocuments(yaml: CoreSchemaYAML()), cache: cache, table: table)
        let registered = Tenant.register(
            id: ids.next(), slug: try TenantSlug("acme"), name: try DisplayName("Acme"), plan: .free, at: clock.now()
        ).0
        tenant = registered.id
        let member = Self.user(.member, of: registered.id, ids)
        self.member = member
        writer = Self.user(.admin, of: registered.id, ids)
        viewer = Self.user(.viewer, of: registered.id, ids)
        let key = try sealer.firstKey(for: tenant)
        try await memory.write(in: tenant, as: member) { work throws(Failure) in
            try await work.tenants.add(registered)
            try await work.dataKeys.addIfAbsent(key)
        }
        let created = try await useCases.createNamespace.execute(
            CreateNamespace.Input(name: try NamespaceName("app"), description: nil),
            as: Caller(.system(job: "tests", tenant: tenant), from: .test))
        namespace = created.id
    }

    private static func user(_ role: Role, of tenant: TenantID, _ ids: Identifiers) -> Caller {
        Caller(.user(SignedInUser(id: ids.next(), tenant: tenant, session: ids.next(), roles: [role])), from: .test)
    }

    private var system: Caller { Caller(.system(job: "tests", tenant: tenant), from: .test) }

    func addNamespace(_ name: String) async throws -> NamespaceID {
        try await useCases.createNamespace.execute(
            CreateNamespace.Input(name: try NamespaceName(name), description: nil), as: system
        ).id
    }

    func update(
        _ id: NamespaceID? = nil, requiresIfMatch: Bool? = nil, description: PatchMember<Description> = .absent
    ) async throws {
        _ = try await useCases.updateNamespace.execute(
            UpdateNamespace.Input(id: id ?? namespace, description: description, requiresIfMatch: requiresIfMatch),
            as: system)
    }

    func deleteNamespace() async throws {
        try await useCases.deleteNamespace.execute(
            DeleteNamespace.Input(id: namespace, isForced: true), as: system)
    }

    var revision: Int64 {
        get async throws { try await memory.reads(in: tenant).configuration.namespace(namespace).revision }
    }

    /// Of an entry's history, newest first.
    func versions(_ key: String) async throws -> [ConfigEntry] {
        try await memory.reads(in: tenant).configuration.versions(
            of: try ConfigKey(key), in: namespace, PageRequest()
        ).items
    }

    var records: [AuditRecord] { memory.auditRecords }

    var reveals: Int { records.count { $0.action == EventKind.configRevealed.name } }

    // MARK: Commands

    static func draft(
        _ value: JSONValue, schema: JSONValue? = nil, secret: Bool = false, tags: [String] = []
    ) throws(Failure) -> ConfigDraft {
        let inferred = try ConfigDraft(inferredFrom: value)
        return try ConfigDraft(
            value: value, type: inferred.properties.valueType, schema: schema, isSecret: secret,
            tags: try ConfigTags(tags))
    }

    @discardableResult
    func put(
        _ key: String, _ value: JSONValue, schema: JSONValue? = nil, secret: Bool = false,
        in other: NamespaceID? = nil, if precondition: Precondition = .none, comment: String? = nil,
        as caller: Caller? = nil
    ) async throws(Failure) -> (view: ConfigView, isNew: Bool) {
        try await useCases.putConfig.execute(
            PutConfig.Input(
                namespace: other ?? namespace, key: Self.key(key),
                draft: try Self.draft(value, schema: schema, secret: secret), if: precondition,
                comment: Self.comment(comment)),
            as: caller ?? member)
    }

    @discardableResult
    func create(_ key: String, _ value: JSONValue, as caller: Caller? = nil) async throws(Failure) -> ConfigView {
        try await useCases.createConfig.execute(
            CreateConfig.Input(namespace: namespace, key: Self.key(key), draft: try Self.draft(value)),
            as: caller ?? member)
    }

    @discardableResult
    func patch(
        _ key: String, _ patch: ConfigPatch, if precondition: Precondition = .none, as caller: Caller? = nil
    ) async throws(Failure) -> ConfigView {
        try await useCases.patchConfig.execute(
            PatchConfig.Input(namespace: namespace, key: Self.key(key), patch: patch, if: precondition),
            as: caller ?? member)
    }

    @discardableResult
    func delete(
        _ key: String, if precondition: Precondition = .none, as caller: Caller? = nil
    ) async throws(Failure) -> ConfigView {
        try await useCases.deleteConfig.execute(
            DeleteConfig.Input(namespace: namespace, key: Self.key(key), if: precondition), as: caller ?? member)
    }

    @discardableResult
    func restore(_ key: String, as caller: Caller? = nil) async throws(Failure) -> ConfigView {
        try await useCases.restoreConfig.execute(
            RestoreConfig.Input(namespace: namespace, key: Self.key(key)), as: caller ?? member)
    }

    @discardableResult
    func rollBack(_ key: String, to version: Int64, as caller: Caller? = nil) async throws(Failure) -> ConfigView {
        try await useCases.rollBackConfig.execute(
            RollBackConfig.Input(namespace: namespace, key: Self.key(key), version: version), as: caller ?? member)
    }

    func batch(
        _ edits: [ConfigEdit], revision: Int64? = nil, isTrial: Bool = false, as caller: Caller? = nil
    ) async throws(Failure) -> BatchConfigs.Output {
        try await useCases.batchConfigs.execute(
            ReviseConfigs.Input(namespace: namespace, edits: edits, revision: revision, isTrial: isTrial),
            as: caller ?? member)
    }

    func importing(
        _ document: String, _ format: ConfigFormat = .json, isTrial: Bool = false, as caller: Caller? = nil
    ) async throws(Failure) -> ImportConfigs.Output {
        try await useCases.importConfigs.execute(
            ImportConfigs.Input(
                namespace: namespace, document: Array(document.utf8), format: format, isTrial: isTrial),
            as: caller ?? member)
    }

    func export(
        _ format: ConfigFormat = .json, filter: ConfigFilter = ConfigFilter(), reveal: Bool = false,
        resolve: Bool = false, as caller: Caller? = nil
    ) async throws(Failure) -> String {
        String(
            decoding: try await useCases.exportConfigs.execute(
                ExportConfigs.Input(
                    namespace: namespace, filter: filter, format: format, reveal: reveal, resolve: resolve),
                as: caller ?? member),
            as: UTF8.self)
    }

    func get(
        _ key: String, version: ConfigVersionChoice? = nil, reveal: Bool = true, resolve: Bool = false,
        isFresh: Bool = false, as caller: Caller? = nil
    ) async throws(Failure) -> ConfigView {
        try await useCases.getConfig.execute(
            GetConfig.Input(
                namespace: namespace, key: Self.key(key), version: version, reveal: reveal, resolve: resolve,
                isFresh: isFresh),
            as: caller ?? member)
    }

    func watch(after position: RevisionPosition? = nil) async throws(Failure) -> NamespaceWatch {
        try await useCases.watchNamespace.execute(
            WatchNamespace.Input(namespace: namespace, after: position), as: viewer)
    }

    static func key(_ text: String) -> ConfigKey {
        do {
            return try ConfigKey(text)
        } catch {
            preconditionFailure("\(text) is no key")
        }
    }

    private static func comment(_ text: String?) -> ChangeComment? {
        text.flatMap { try? ChangeComment($0) }
    }
}

/// The built-in roles, but for administrators, who write here without seeing secrets.
private struct WritersWithoutSight: Authorizer {
    private let roles = PolicyAuthorizer.forTests()

    func allows(_ permission: Permission, for caller: Caller) -> Bool {
        if case .user(let user) = caller.principal, user.roles == [.admin], permission == .secretsRead { return false }
        return roles.allows(permission, for: caller)
    }

    func grants(_ permission: Permission, for caller: Caller) -> Bool {
        allows(permission, for: caller) && roles.grants(permission, for: caller)
    }

    func permits(
        _ permission: Permission, on resource: some Protected, for caller: Caller
    ) throws(Failure) -> Bool {
        guard allows(permission, for: caller) else { return false }
        return try roles.permits(permission, on: resource, for: caller)
    }

    func everAllows(_ permission: Permission, for caller: Caller) -> Bool { allows(permission, for: caller) }

    func permissions(of caller: Caller) -> Set<Permission> {
        roles.permissions(of: caller).filter { allows($0, for: caller) }
    }
}

extension Failure {
    /// The places and codes of what is wrong.
    var rules: [String] { violations.map { "\($0.pointer) \($0.code)" } }
}
