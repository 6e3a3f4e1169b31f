public import TenonDomain

/// Wrapped data keys within a tenant's transaction or reads.
struct PostgresDataKeyStore: DataKeys {
    let runner: any StatementRunner

    private static let select = Statement(
        "select_data_keys",
        """
        SELECT tenant_id, purpose, version, kek_version, wrapped, created_at FROM data_keys
        WHERE tenant_id = $1 AND purpose = $2 ORDER BY version
        """)
    private static let insert = Statement(
        "insert_data_key",
        """
        INSERT INTO data_keys (tenant_id, purpose, version, kek_version, wrapped, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """)
    private static let samples = Statement(
        "directory_data_key_per_kek",
        "SELECT tenant_id, purpose, version, kek_version, wrapped, created_at FROM directory.data_key_per_kek()")

    func keys(of tenant: TenantID, for purpose: DataKeyPurpose) async throws(Failure) -> [WrappedDataKey] {
        try await runner.rows(Self.select, [.id(tenant), .text(purpose.rawValue)]).decoded(Self.key)
    }

    func addIfAbsent(_ key: WrappedDataKey) async throws(Failure) {
        try await runner.execute(
            Self.insert,
            [
                .id(key.tenant), .text(key.purpose.rawValue), .int(Int64(key.version)), .int(Int64(key.kekVersion)),
                .bytes(key.wrapped.bytes), .timestamp(key.createdAt),
            ])
    }

    func samplePerKEK() async throws(Failure) -> [WrappedDataKey] {
        try await runner.rows(Self.samples, []).decoded(Self.key)
    }

    static func key(_ row: PostgresRow) throws(PostgresError) -> WrappedDataKey {
        WrappedDataKey(
            tenant: try row.id(0), purpose: try row.choice(1), version: Int32(truncatingIfNeeded: try row.int(2)),
            kekVersion: Int32(truncatingIfNeeded: try row.int(3)), wrapped: SealedBytes(try row.bytes(4)),
            createdAt: try row.timestamp(5))
    }
}

/// The installation's keys: data keys outside any transaction, and token-signing keys.
public struct PostgresKeys: DataKeys, SigningKeys {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let selectSigning = Statement(
        "select_signing_keys",
        """
        SELECT key_id, state, public_key, wrapped_private_key, created_at, state_since FROM signing_keys
        ORDER BY created_at DESC
        """)
    static let insertSigning = Statement(
        "insert_signing_key",
        """
        INSERT INTO signing_keys (key_id, state, public_key, wrapped_private_key, created_at, state_since)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """)

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
        try await database.unscopedReads.rows(Self.selectSigning, []).decoded { row throws(PostgresError) in
            StoredSigningKey(
                keyID: try row.text(0), state: try row.choice(1), publicKey: try row.bytes(2),
                wrappedPrivateKey: SealedBytes(try row.bytes(3)), createdAt: try row.timestamp(4),
                stateSince: try row.timestamp(5))
        }
    }

    /// One active key at most: the second one's insert conflicts and does nothing.
    public func addIfNoneIsActive(_ key: StoredSigningKey) async throws(Failure) {
        _ = try await database.unscopedWrites.rows(Self.insertSigning, Self.columns(of: key))
    }

    /// For `insertSigning`.
    static func columns(of key: StoredSigningKey) -> [PostgresValue] {
        [
            .text(key.keyID), .text(key.state.rawValue), .bytes(key.publicKey), .bytes(key.wrappedPrivateKey.bytes),
            .timestamp(key.createdAt), .timestamp(key.stateSince),
        ]
    }
}
