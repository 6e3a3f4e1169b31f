internal import TenonDomain
internal import TenonKit

struct PostgresSSOConnectionStore: SSOConnectionStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let digests: any KeyedDigests
    let directory: DirectoryWriter?

    private static let columns = """
        id, name, preset, issuer, client_id, sealed_client_secret, scopes, domains, email_claim, email_verified_claim,
        name_claim, roles_claim, mapped_values, mapped_roles, default_roles, creates_users, status, version,
        created_at, updated_at
        """
    private static let insert = Statement(
        "insert_sso_connection",
        """
        INSERT INTO sso_connections (tenant_id, \(columns), id_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
        """)
    private static let select = Statement(
        "select_sso_connection", "SELECT \(columns) FROM sso_connections WHERE tenant_id = $1 AND id = $2")
    private static let selectForUpdate = Statement(
        "select_sso_connection_for_update",
        "SELECT \(columns) FROM sso_connections WHERE tenant_id = $1 AND id = $2 FOR UPDATE")
    static let selectPage = Statement(
        "select_sso_connections",
        """
        SELECT \(columns) FROM sso_connections WHERE tenant_id = $1 AND name > $2 ORDER BY name LIMIT $3 OFFSET $4
        """)
    private static let count = Statement(
        "count_sso_connections", "SELECT count(*) FROM sso_connections WHERE tenant_id = $1")
    /// The name, the preset and the time of creation stay.
    private static let update = Statement(
        "update_sso_connection",
        """
        UPDATE sso_connections SET issuer = $3, client_id = $4, sealed_client_secret = $5, scopes = $6, domains = $7,
            email_claim = $8, email_verified_claim = $9, name_claim = $10, roles_claim = $11, mapped_values = $12,
            mapped_roles = $13, default_roles = $14, creates_users = $15, status = $16, version = $17, updated_at = $18
        WHERE tenant_id = $1 AND id = $2
        """)
    private static let delete = Statement(
        "delete_sso_connection", "DELETE FROM sso_connections WHERE tenant_id = $1 AND id = $2")
    private static let selectIdentity = Statement(
        "select_user_identity",
        "SELECT user_id FROM user_identities WHERE tenant_id = $1 AND connection_id = $2 AND subject = $3")
    private static let insertIdentity = Statement(
        "insert_user_identity",
        """
        INSERT INTO user_identities (tenant_id, connection_id, subject, user_id, created_at)
        VALUES ($1, $2, $3, $4, $5)
        """)
    private static let forgetStates = Statement(
        "forget_spent_states", "DELETE FROM sso_spent_states WHERE tenant_id = $1 AND expires_at <= $2")
    private static let spendState = Statement(
        "spend_state",
        """
        INSERT INTO sso_spent_states (tenant_id, state_digest, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING 1
        """)

    func add(_ connection: SSOConnection) async throws(Failure) {
        guard connection.tenant == tenant else { throw .bug("A connection is added in another tenant's transaction.") }
        let digest = digests.digest(connection.id.bytes, for: .ssoConnection)
        try await directory?.add(.ssoConnection, digest, connection.id)
        var values: [PostgresValue] = [
            .id(tenant), .id(connection.id), .text(connection.name.text), .text(connection.preset.rawValue),
        ]
        values += content(of: connection)
        values += [
            .timestamp(connection.createdAt), .timestamp(connection.updatedAt),
            .bytes(digest),
        ]
        _ = try await runner.rows(
            [PostgresDataKeyRotation.lockForSealing(tenant), Command(Self.insert, values)],
            constraints: [
                "sso_connections_name_key": Failure(
                    .ssoConnectionNameTaken, "There is a connection \(connection.name.text) already.")
            ])
    }

    func connection(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        try await found(by: Self.select, id)
    }

    func connectionForUpdate(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        try await found(by: Self.selectForUpdate, id)
    }

    private func found(by statement: Statement, _ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        guard let found = try await runner.rows(statement, [.id(tenant), .id(id)]).first(connection) else {
            throw .noSSOConnection
        }
        return found
    }

    func connections(_ page: PageRequest) async throws(Failure) -> Page<SSOConnection> {
        let (rows, total) = try await runner.page(
            page,
            Command(
                Self.selectPage,
                [.id(tenant), .text(page.lowerBound), .int(Int64(page.limit + 1)), .int(Int64(page.offset))]),
            counted: Command(Self.count, [.id(tenant)]))
        return Page(overfull: try rows.decoded(connection), for: page, total: total, sortKey: \.name.text)
    }

    /// The row is held, so the sealed secret is the one that stands, or a new one: a rotation of keys waits for either.
    func save(_ connection: SSOConnection) async throws(Failure) {
        guard connection.tenant == tenant else { throw .bug("A connection is saved in another tenant's transaction.") }
        let update = Command(
            Self.update,
            [.id(tenant), .id(connection.id)] + content(of: connection) + [.timestamp(connection.updatedAt)])
        try await runner.execute([PostgresDataKeyRotation.lockForSealing(tenant), update])
    }

    func remove(_ id: SSOConnectionID) async throws(Failure) {
        try await runner.execute(Self.delete, [.id(tenant), .id(id)])
        directory?.removeAfterCommit(.ssoConnection, digests.digest(id.bytes, for: .ssoConnection), id)
    }

    func user(of subject: String, at connection: SSOConnectionID) async throws(Failure) -> UserID? {
        try await runner.rows(Self.selectIdentity, [.id(tenant), .id(connection), .text(subject)])
            .first { row throws(PostgresError) in try row.id(0) }
    }

    func add(_ identity: UserIdentity) async throws(Failure) {
        let taken = Failure(.ssoAccountExists, "Another identity of the connection is linked to the user.")
        _ = try await runner.rows(
            Self.insertIdentity,
            [
                .id(tenant), .id(identity.connection), .text(identity.subject), .id(identity.user),
                .timestamp(identity.createdAt),
            ],
            constraints: [
                "user_identities_subject_key": taken, "user_identities_user_key": taken,
                "user_identities_tenant_id_connection_id_fkey": .noSSOConnection,
            ])
    }

    func spend(_ digest: [UInt8], until expiry: Timestamp, at now: Timestamp) async throws(Failure) -> Bool {
        let results = try await runner.rows([
            Command(Self.forgetStates, [.id(tenant), .timestamp(now)]),
            Command(Self.spendState, [.id(tenant), .bytes(digest), .timestamp(expiry)]),
        ])
        return !results[1].isEmpty
    }

    /// What a change stores, in the order of the columns from `issuer` to `version`.
    private func content(of connection: SSOConnection) -> [PostgresValue] {
        let settings = connection.settings
        let mapping = settings.roleMapping.sorted { $0.key < $1.key }
        return [
            .text(settings.issuer.text), .text(settings.clientID.text), .optional(connection.sealedSecret?.bytes),
            .textArray(settings.scopes.names), .textArray(settings.domains.map(\.text)),
            .text(settings.claims.email.text), .text(settings.claims.emailVerified.text),
            .text(settings.claims.name.text), .text(settings.claims.roles.text), .textArray(mapping.map(\.key)),
            .textArray(mapping.map(\.value.name)), .textArray(settings.defaultRoles.map(\.name).sorted()),
            .bool(settings.createsUsers), .text(settings.status.rawValue), .int(connection.version),
        ]
    }

    private func connection(_ row: PostgresRow) throws(PostgresError) -> SSOConnection {
        func path(_ column: Int) throws(PostgresError) -> ClaimPath {
            try row.value(column) { text throws(Violation) in try ClaimPath(text) }
        }
        let issuer = try row.value(3) { text throws(Violation) in try IssuerURL(text) }
        let clientID = try row.value(4) { text throws(Violation) in try OAuthClientID(text) }
        let claims = SSOClaims(email: try path(8), emailVerified: try path(9), name: try path(10), roles: try path(11))
        let (scopes, domains) = (try row.textArray(6), try row.textArray(7))
        let (values, roles, standard) = (try row.textArray(12), try row.textArray(13), try row.textArray(14))
        let (createsUsers, status) = (try row.bool(15), try row.choice(16) as SSOConnectionStatus)
        let settings: SSOSettings
        do {
            settings = try SSOSettings(
                issuer: issuer, clientID: clientID, scopes: try OAuthScopes(scopes),
                domains: try domains.map { text throws(Violation) in try EmailDomain(text) }, claims: claims,
                roleMapping: Dictionary(
                    zip(values, try roles.map { name throws(Violation) in try Role(name) }), uniquingKeysWith: { $1 }),
                defaultRoles: Set(try standard.map { name throws(Violation) in try Role(name) }),
                createsUsers: createsUsers, status: status)
        } catch {
            throw row.undecodable(7, as: "SSOSettings")
        }
        return SSOConnection(
            id: try row.id(0), tenant: tenant,
            name: try row.value(1) { text throws(Violation) in try SSOConnectionName(text) },
            preset: try row.choice(2), settings: settings,
            sealedSecret: row.isNull(5) ? nil : SealedBytes(try row.bytes(5)), version: try row.int(17),
            createdAt: try row.timestamp(18), updatedAt: try row.timestamp(19))
    }
}
