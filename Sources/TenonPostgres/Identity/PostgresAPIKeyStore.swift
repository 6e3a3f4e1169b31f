internal import TenonDomain
internal import TenonKit

extension APIKey {
    static let table = TableStatements(
        Columns<APIKey>("api_keys") { c in
            let id = c.key("id", \.id)
            let name = c.column("name", \.terms.name)
            let scopes = c.column("scopes") { $0.terms.scopes.map(\.name).sorted() }
            let networks = c.column("allowed_cidrs", \.terms.networks.texts)
            let expiresAt = c.column("expires_at", \.terms.expiresAt)
            let requiresSignature = c.column("requires_signature", \.terms.requiresSignature)
            let status = c.column("status", \.terms.status)
            let version = c.version("version", \.version)
            let createdBy = c.fixed("created_by", \.createdBy)
            let createdAt = c.fixed("created_at", \.createdAt)
            let updatedAt = c.column("updated_at", \.updatedAt)
            let usedAt = c.read("last_used_at", as: Timestamp?.self)
            let usedFrom = c.read("last_used_address", as: String?.self)
            c.digest("id_digest", .apiKey, entry: .apiKey, isFixed: true) { $0.id.bytes }
            c.listed(by: id)
            return { row, tenant throws(PostgresError) in
                let terms = APIKeyTerms(
                    name: try row[name], scopes: try row.parsed(scopes) { Permission.all(named: $0) },
                    networks: try row.parsed(networks) { try AllowedNetworks($0) }, expiresAt: try row[expiresAt],
                    requiresSignature: try row[requiresSignature], status: try row[status])
                let from = try row[usedFrom]
                return APIKey(
                    id: try row[id], tenant: tenant, terms: terms, credentials: [], version: try row[version],
                    createdBy: try row[createdBy], createdAt: try row[createdAt], updatedAt: try row[updatedAt],
                    lastUse: try row[usedAt].map { APIKeyUse(at: $0, address: from) })
            }
        })
}

/// A credential with its key's id.
private typealias CredentialRow = (key: APIKeyID, credential: APIKeyCredential)

struct PostgresAPIKeyStore: APIKeyStore {
    let scope: PostgresScope

    private var table: PostgresTable<APIKey> { PostgresTable(APIKey.table, scope) }
    private var runner: any StatementRunner { scope.runner }
    private var tenant: TenantID { scope.tenant }

    private static let credentials = Columns<CredentialRow>("api_key_credentials") { c in
        let id = c.fixed("id") { $0.credential.id }
        let key = c.fixed("key_id") { $0.key }
        let publicPart = c.fixed("public_part") { $0.credential.publicPart }
        let digest = c.fixed("digest") { $0.credential.digest }
        let publicKey = c.fixed("public_key") { $0.credential.signing?.publicKey }
        let secret = c.fixed("sealed_secret") { $0.credential.signing?.sealedSecret }
        let createdAt = c.fixed("created_at") { $0.credential.createdAt }
        let endsAt = c.fixed("ends_at") { $0.credential.endsAt }
        return { row, _ throws(PostgresError) in
            var signing = try row[publicKey].map { SigningMaterial.ed25519($0) }
            if let secret = try row[secret] { signing = .hmacSHA256(secret) }
            return (
                try row[key],
                APIKeyCredential(
                    id: try row[id], publicPart: try row[publicPart], digest: try row[digest], signing: signing,
                    createdAt: try row[createdAt], endsAt: try row[endsAt])
            )
        }
    }
    private static let insertCredential = Statement("insert_api_key_credential", credentials.insert())
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
        INSERT INTO api_key_credentials (tenant_id, \(credentials.list()))
        SELECT $1, $2, $3, $4, $5, $6, coalesce((SELECT sealed_secret FROM former), $7), $8, $9
        WHERE NOT EXISTS (SELECT FROM api_key_credentials
            WHERE tenant_id = $1 AND id = $2 AND ends_at IS NOT DISTINCT FROM $9)
        """)
    private static let noteUse = Statement(
        "note_api_key_use",
        """
        UPDATE api_keys SET last_used_at = $3, last_used_address = $4
        WHERE tenant_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < $5)
        """)

    /// One row for each credential. The newest one of a key comes first: its end is null.
    private static func joined(_ keys: String, orderedBy order: String) -> String {
        """
        SELECT \(APIKey.table.columns.list(of: "k")), \(credentials.list(of: "c")) FROM (\(keys)) k
            JOIN api_key_credentials c ON c.tenant_id = $1 AND c.key_id = k.id
        ORDER BY \(order)c.ends_at NULLS FIRST
        """
    }
    private static let select = Statement(
        "select_api_key", joined("SELECT * FROM api_keys WHERE tenant_id = $1 AND id = $2", orderedBy: ""))
    static let selectPage = Statement(
        "select_page_of_api_keys",
        joined(TableStatements.page(APIKey.table.columns, of: "*"), orderedBy: "k.id, "))

    func add(_ key: APIKey) async throws(Failure) {
        let insert = try await table.insert(key)
        try await addSecretsToDirectory(key)
        try await runner.execute(
            [PostgresDataKeyRotation.lockForSealing(tenant)] + insert + commands(Self.insertCredential, for: key))
    }

    func key(_ id: APIKeyID) async throws(Failure) -> APIKey {
        try one(try await runner.rows(Self.select, [.id(tenant), .id(id)]))
    }

    func keyForUpdate(_ id: APIKeyID) async throws(Failure) -> APIKey {
        let binds: [PostgresValue] = [.id(tenant), .id(id)]
        return try one(try await runner.rows([Command(APIKey.table.lock, binds), Command(Self.select, binds)])[1])
    }

    func keys(_ page: PageRequest) async throws(Failure) -> Page<APIKey> {
        try await table.page(page, Self.selectPage, [], keys)
    }

    func save(_ key: APIKey) async throws(Failure) {
        let update = try await table.update(key)
        try await addSecretsToDirectory(key)
        let others = Command(
            Self.deleteOtherCredentials,
            [.id(tenant), .id(key.id), .uuidArray(key.credentials.map { (high: $0.id.high, low: $0.id.low) })])
        let results = try await runner.rows(
            [PostgresDataKeyRotation.lockForSealing(tenant)] + update + [others]
                + commands(Self.putCredential, for: key))
        guard !results[update.count].isEmpty else { throw .changedMeanwhile }
    }

    func remove(_ key: APIKey) async throws(Failure) {
        try await table.remove(key.id)
        for credential in key.credentials {
            scope.directory?.removeAfterCommit(.apiKeySecret, credential.digest, .id(key.id))
        }
    }

    private func addSecretsToDirectory(_ key: APIKey) async throws(Failure) {
        guard let directory = scope.directory else { return }
        for credential in key.credentials { try await directory.add(.apiKeySecret, credential.digest, .id(key.id)) }
    }

    func note(_ use: APIKeyUse, of id: APIKeyID) async throws(Failure) {
        try await runner.execute(
            Self.noteUse,
            [.id(tenant), .id(id), use.at.bind, use.address.bind, (use.at - APIKeyUse.precision).bind])
    }

    private func commands(_ statement: Statement, for key: APIKey) -> [Command] {
        key.credentials.map { Command(statement, Self.credentials.values(of: (key.id, $0), in: tenant)) }
    }

    private func one(_ rows: PostgresRows) throws(Failure) -> APIKey {
        guard let key = try keys(rows).first else { throw .noAPIKey }
        return key
    }

    private func keys(_ rows: PostgresRows) throws(Failure) -> [APIKey] {
        let credentials = try rows.decoded(Self.credentials, of: tenant)
        var keys: [APIKey] = []
        for (key, row) in zip(try rows.decoded(APIKey.table.columns, of: tenant), credentials) {
            if let last = keys.last, last.id == key.id {
                keys[keys.count - 1] = last.with(last.credentials + [row.credential])
            } else {
                keys.append(key.with([row.credential]))
            }
        }
        return keys
    }
}

extension APIKey {
    fileprivate func with(_ credentials: [APIKeyCredential]) -> APIKey {
        APIKey(
            id: id, tenant: tenant, terms: terms, credentials: credentials, version: version, createdBy: createdBy,
            createdAt: createdAt, updatedAt: updatedAt, lastUse: lastUse)
    }
}

extension Permission {
    /// Nil where one of them is none that this version knows.
    static func all(named names: [String]) -> Set<Permission>? {
        let all = names.compactMap { Permission(named: $0) }
        return all.count == names.count ? Set(all) : nil
    }
}
