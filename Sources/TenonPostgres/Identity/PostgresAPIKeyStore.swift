internal import TenonDomain
internal import TenonKit

struct PostgresAPIKeyStore: APIKeyStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let digests: any KeyedDigests
    let directory: DirectoryWriter?

    private static let insert = Statement(
        "insert_api_key",
        """
        INSERT INTO api_keys (tenant_id, id, id_digest, name, scopes, allowed_cidrs, expires_at, requires_signature,
            status, version, created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """)
    private static let insertCredential = Statement(
        "insert_api_key_credential",
        """
        INSERT INTO api_key_credentials (tenant_id, id, key_id, public_part, digest, public_key, sealed_secret,
            created_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)
    private static let lock = Statement(
        "lock_api_key", "SELECT 1 FROM api_keys WHERE tenant_id = $1 AND id = $2 FOR UPDATE")
    private static let update = Statement(
        "update_api_key",
        """
        UPDATE api_keys SET name = $3, scopes = $4, allowed_cidrs = $5, expires_at = $6, requires_signature = $7,
            status = $8, version = $9, updated_at = $10
        WHERE tenant_id = $1 AND id = $2
        """)
    private static let deleteOtherCredentials = Statement(
        "delete_other_api_key_credentials",
        "DELETE FROM api_key_credentials WHERE tenant_id = $1 AND key_id = $2 AND NOT id = ANY($3)")
    /// For an existing credential only `ends_at` changes. The stored sealed secret is kept, because a key rotation may
    /// have re-sealed it since it was read.
    private static let putCredential = Statement(
        "put_api_key_credential",
        """
        WITH former AS (
            DELETE FROM api_key_credentials WHERE tenant_id = $1 AND id = $2 AND ends_at IS DISTINCT FROM $9
            RETURNING sealed_secret)
        INSERT INTO api_key_credentials (tenant_id, id, key_id, public_part, digest, public_key, sealed_secret,
            created_at, ends_at)
        SELECT $1, $2, $3, $4, $5, $6, coalesce((SELECT sealed_secret FROM former), $7), $8, $9
        WHERE NOT EXISTS (SELECT FROM api_key_credentials
            WHERE tenant_id = $1 AND id = $2 AND ends_at IS NOT DISTINCT FROM $9)
        """)
    private static let delete = Statement(
        "delete_api_key", "DELETE FROM api_keys WHERE tenant_id = $1 AND id = $2")
    private static let noteUse = Statement(
        "note_api_key_use",
        """
        UPDATE api_keys SET last_used_at = $3, last_used_address = $4
        WHERE tenant_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < $5)
        """)
    private static let count = Statement("count_api_keys", "SELECT count(*) FROM api_keys WHERE tenant_id = $1")

    private static let columns = """
        k.id, k.name, k.scopes, k.allowed_cidrs, k.expires_at, k.requires_signature, k.status, k.version, k.created_by,
            k.created_at, k.updated_at, k.last_used_at, k.last_used_address, c.id, c.public_part, c.digest,
            c.public_key, c.sealed_secret, c.created_at, c.ends_at
        """
    /// The newest credential of a key comes first: its end is null.
    private static let select = Statement(
        "select_api_key",
        """
        SELECT \(columns) FROM api_keys k
            JOIN api_key_credentials c ON c.tenant_id = k.tenant_id AND c.key_id = k.id
        WHERE k.tenant_id = $1 AND k.id = $2 ORDER BY c.ends_at NULLS FIRST
        """)
    static let selectPage = Statement(
        "select_api_keys",
        """
        SELECT \(columns) FROM (SELECT * FROM api_keys
                WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3 OFFSET $4) k
            JOIN api_key_credentials c ON c.tenant_id = $1 AND c.key_id = k.id
        ORDER BY k.id, c.ends_at NULLS FIRST
        """)

    func add(_ key: APIKey) async throws(Failure) {
        guard key.tenant == tenant else { throw .bug("An API key is added in a transaction of another tenant.") }
        try await addToDirectory(key)
        let command = Command(
            Self.insert,
            [
                .id(tenant), .id(key.id), .bytes(digests.digest(key.id.bytes, for: .apiKey)),
                .text(key.terms.name.text), .textArray(key.terms.scopeNames), .textArray(key.terms.networks.texts),
                .optional(key.terms.expiresAt), .bool(key.terms.requiresSignature), .text(key.terms.status.rawValue),
                .int(key.version), .text(key.createdBy), .timestamp(key.createdAt), .timestamp(key.updatedAt),
            ])
        try await runner.execute(
            [PostgresDataKeyRotation.lockForSealing(tenant), command]
                + credentials(of: key, by: Self.insertCredential))
    }

    func key(_ id: APIKeyID) async throws(Failure) -> APIKey {
        guard let key = try keys(try await runner.rows(Self.select, [.id(tenant), .id(id)])).first else {
            throw .noAPIKey
        }
        return key
    }

    func keyForUpdate(_ id: APIKeyID) async throws(Failure) -> APIKey {
        let results = try await runner.rows([
            Command(Self.lock, [.id(tenant), .id(id)]), Command(Self.select, [.id(tenant), .id(id)]),
        ])
        guard let key = try keys(results[1]).first else { throw .noAPIKey }
        return key
    }

    func keys(_ page: PageRequest) async throws(Failure) -> Page<APIKey> {
        let (rows, total) = try await runner.page(
            page,
            Command(
                Self.selectPage,
                [
                    .id(tenant), .id(APIKeyID(page.lowerBound) ?? APIKeyID(high: 0, low: 0)),
                    .int(Int64(page.limit) + 1), .int(Int64(page.offset)),
                ]),
            counted: Command(Self.count, [.id(tenant)]))
        return Page(overfull: try keys(rows), for: page, total: total) { $0.id.description }
    }

    func save(_ key: APIKey) async throws(Failure) {
        guard key.tenant == tenant else { throw .bug("An API key is saved in a transaction of another tenant.") }
        try await addToDirectory(key)
        let command = Command(
            Self.update,
            [
                .id(tenant), .id(key.id), .text(key.terms.name.text), .textArray(key.terms.scopeNames),
                .textArray(key.terms.networks.texts), .optional(key.terms.expiresAt),
                .bool(key.terms.requiresSignature), .text(key.terms.status.rawValue), .int(key.version),
                .timestamp(key.updatedAt),
            ])
        try await runner.execute(
            [
                PostgresDataKeyRotation.lockForSealing(tenant), command,
                Command(
                    Self.deleteOtherCredentials,
                    [.id(tenant), .id(key.id), .uuidArray(key.credentials.map { (high: $0.id.high, low: $0.id.low) })]),
            ] + credentials(of: key, by: Self.putCredential))
    }

    func remove(_ key: APIKey) async throws(Failure) {
        try await runner.execute(Self.delete, [.id(tenant), .id(key.id)])
        directory?.removeAfterCommit(.apiKey, digests.digest(key.id.bytes, for: .apiKey), key.id)
        for credential in key.credentials { directory?.removeAfterCommit(.apiKeySecret, credential.digest, key.id) }
    }

    private func addToDirectory(_ key: APIKey) async throws(Failure) {
        guard let directory else { return }
        try await directory.add(.apiKey, digests.digest(key.id.bytes, for: .apiKey), key.id)
        for credential in key.credentials { try await directory.add(.apiKeySecret, credential.digest, key.id) }
    }

    func note(_ use: APIKeyUse, of id: APIKeyID) async throws(Failure) {
        try await runner.execute(
            Self.noteUse,
            [
                .id(tenant), .id(id), .timestamp(use.at), .optional(use.address),
                .timestamp(use.at - APIKeyUse.precision),
            ])
    }

    private func credentials(of key: APIKey, by statement: Statement) -> [Command] {
        key.credentials.map { credential in
            Command(
                statement,
                [
                    .id(tenant), .id(credential.id), .id(key.id), .text(credential.publicPart),
                    .bytes(credential.digest), .optional(credential.signing?.publicKey),
                    .optional(credential.signing?.sealedSecret?.bytes), .timestamp(credential.createdAt),
                    .optional(credential.endsAt),
                ])
        }
    }

    /// One row for each credential, those of one key next to each other.
    private func keys(_ rows: PostgresRows) throws(Failure) -> [APIKey] {
        var keys: [APIKey] = []
        let parts = try rows.decoded { row throws(PostgresError) in
            (key: try key(row), credential: try Self.credential(row))
        }
        for part in parts {
            if let last = keys.last, last.id == part.key.id {
                keys[keys.count - 1] = last.with(last.credentials + [part.credential])
            } else {
                keys.append(part.key.with([part.credential]))
            }
        }
        return keys
    }

    private func key(_ row: PostgresRow) throws(PostgresError) -> APIKey {
        var scopes: Set<Permission> = []
        for name in try row.textArray(2) {
            guard let scope = Permission(named: name) else { throw row.undecodable(2, as: "Permission") }
            scopes.insert(scope)
        }
        guard let networks = try? AllowedNetworks(try row.textArray(3)) else {
            throw row.undecodable(3, as: "AllowedNetworks")
        }
        let terms = APIKeyTerms(
            name: try row.value(1) { text throws(Violation) in try DisplayName(text) }, scopes: scopes,
            networks: networks, expiresAt: try row.optionalTimestamp(4), requiresSignature: try row.bool(5),
            status: try row.choice(6))
        let use = try row.optionalTimestamp(11).map { moment throws(PostgresError) in
            APIKeyUse(at: moment, address: try row.optionalText(12))
        }
        return APIKey(
            id: try row.id(0), tenant: tenant, terms: terms, credentials: [], version: try row.int(7),
            createdBy: try row.text(8), createdAt: try row.timestamp(9), updatedAt: try row.timestamp(10),
            lastUse: use)
    }

    private static func credential(_ row: PostgresRow) throws(PostgresError) -> APIKeyCredential {
        var signing: SigningMaterial?
        if !row.isNull(16) { signing = .ed25519(try row.bytes(16)) }
        if !row.isNull(17) { signing = .hmacSHA256(SealedBytes(try row.bytes(17))) }
        return APIKeyCredential(
            id: try row.id(13), publicPart: try row.text(14), digest: try row.bytes(15), signing: signing,
            createdAt: try row.timestamp(18), endsAt: try row.optionalTimestamp(19))
    }
}

extension APIKey {
    fileprivate func with(_ credentials: [APIKeyCredential]) -> APIKey {
        APIKey(
            id: id, tenant: tenant, terms: terms, credentials: credentials, version: version, createdBy: createdBy,
            createdAt: createdAt, updatedAt: updatedAt, lastUse: lastUse)
    }
}

extension APIKeyTerms {
    fileprivate var scopeNames: [String] { scopes.map(\.name).sorted() }
}
