public import TenonDomain

/// Wrapped data keys within a tenant's transaction or reads.
struct PostgresDataKeyStore: DataKeys {
    let runner: any StatementRunner

    /// Each row says whose it is: some statements read those of all tenants.
    static let columns = Columns<WrappedDataKey>("data_keys", isScoped: false) { c in
        let tenant = c.fixed("tenant_id", \.tenant)
        let purpose = c.fixed("purpose", \.purpose)
        let version = c.fixed("version", \.version)
        let kekVersion = c.fixed("kek_version", \.kekVersion)
        let wrapped = c.fixed("wrapped", \.wrapped)
        let createdAt = c.fixed("created_at", \.createdAt)
        return { row, _ throws(PostgresError) in
            WrappedDataKey(
                tenant: try row[tenant], purpose: try row[purpose], version: try row[version],
                kekVersion: try row[kekVersion], wrapped: try row[wrapped], createdAt: try row[createdAt])
        }
    }
    private static let select = Statement(
        "select_data_keys",
        """
        SELECT \(columns.list()) FROM data_keys
        WHERE tenant_id = $1 AND purpose = $2 ORDER BY version
        """)
    private static let insert = Statement(
        "insert_data_key",
        columns.insert(or: "ON CONFLICT DO NOTHING"))
    private static let samples = Statement(
        "directory_data_key_per_kek",
        "SELECT \(columns.list()) FROM directory.data_key_per_kek()")

    func keys(of tenant: TenantID, for purpose: DataKeyPurpose) async throws(Failure) -> [WrappedDataKey] {
        try await runner.rows(Self.select, [.id(tenant), purpose.bind]).decoded(Self.columns, of: tenant)
    }

    func addIfAbsent(_ key: WrappedDataKey) async throws(Failure) {
        try await runner.execute(Self.insert, Self.columns.values(of: key, in: key.tenant))
    }

    func samplePerKEK() async throws(Failure) -> [WrappedDataKey] {
        try await runner.rows(Self.samples, []).decoded(Self.columns, of: .platform)
    }
}

/// The installation's keys: data keys outside any transaction, and token-signing keys.
public struct PostgresKeys: DataKeys, SigningKeys {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    static let signing = Columns<StoredSigningKey>("signing_keys", isScoped: false) { c in
        let keyID = c.fixed("key_id", \.keyID)
        let state = c.fixed("state", \.state)
        let publicKey = c.fixed("public_key", \.publicKey)
        let wrapped = c.fixed("wrapped_private_key", \.wrappedPrivateKey)
        let createdAt = c.fixed("created_at", \.createdAt)
        let stateSince = c.fixed("state_since", \.stateSince)
        return { row, _ throws(PostgresError) in
            StoredSigningKey(
                keyID: try row[keyID], state: try row[state], publicKey: try row[publicKey],
                wrappedPrivateKey: try row[wrapped], createdAt: try row[createdAt], stateSince: try row[stateSince])
        }
    }
    private static let selectSigning = Statement(
        "select_signing_keys", "SELECT \(signing.list()) FROM signing_keys ORDER BY created_at DESC")
    static let insertSigning = Statement("insert_signing_key", signing.insert(or: "ON CONFLICT DO NOTHING"))

    public func keys(of tenant: TenantID, for purpose: DataKeyPurpose) async throws(Failure) -> [WrappedDataKey] {
        try await PostgresDataKeyStore(runner: database.reads(in: tenant)).keys(of: tenant, for: purpose)
    }

    public func addIfAbsent(_ key: WrappedDataKey) async throws(Failure) {
        try await PostgresDataKeyStore(runner: database.writes(in: key.tenant)).addIfAbsent(key)
    }

    public func samplePerKEK() async throws(Failure) -> [WrappedDataKey] {
        try await PostgresDataKeyStore(runner: database.unscopedReads).samplePerKEK()
    }

    public func all() async throws(Failure) -> [StoredSigningKey] {
        try await database.unscopedReads.rows(Self.selectSigning, []).decoded(Self.signing, of: .platform)
    }

    /// One active key at most: the second one's insert conflicts and does nothing.
    public func addIfNoneIsActive(_ key: StoredSigningKey) async throws(Failure) {
        _ = try await database.unscopedWrites.rows(Self.insertSigning, Self.signing.values(of: key, in: .platform))
    }
}
