internal import TenonDomain
internal import TenonKit

extension SSOConnection {
    static let table = TableStatements(
        Columns<SSOConnection>("sso_connections") { c in
            let id = c.key("id", \.id)
            let name = c.fixed("name", \.name)
            let preset = c.fixed("preset", \.preset)
            let issuer = c.column("issuer", \.settings.issuer)
            let clientID = c.column("client_id", \.settings.clientID)
            let secret = c.sealed("sealed_client_secret", \.sealedSecret)
            let scopes = c.column("scopes", \.settings.scopes.names)
            let domains = c.column("domains") { $0.settings.domains.map(\.text) }
            let email = c.column("email_claim", \.settings.claims.email)
            let emailVerified = c.column("email_verified_claim", \.settings.claims.emailVerified)
            let personName = c.column("name_claim", \.settings.claims.name)
            let roles = c.column("roles_claim", \.settings.claims.roles)
            let mapped = c.column("mapped_values") { $0.settings.roleMapping.keys.sorted() }
            let mappedRoles = c.column("mapped_roles") { connection in
                connection.settings.roleMapping.sorted { $0.key < $1.key }.map(\.value.name)
            }
            let defaults = c.column("default_roles") { $0.settings.defaultRoles.map(\.name).sorted() }
            let createsUsers = c.column("creates_users", \.settings.createsUsers)
            let status = c.column("status", \.settings.status)
            let version = c.version("version", \.version)
            let createdAt = c.fixed("created_at", \.createdAt)
            let updatedAt = c.column("updated_at", \.updatedAt)
            c.digest("id_digest", .ssoConnection, entry: .ssoConnection, isFixed: true) { $0.id.bytes }
            c.listed(by: name)
            return { row, tenant throws(PostgresError) in
                let (issuer, clientID) = (try row[issuer], try row[clientID])
                let claims = SSOClaims(
                    email: try row[email], emailVerified: try row[emailVerified], name: try row[personName],
                    roles: try row[roles])
                let (scopes, values) = (try row[scopes], try row[mapped])
                let (roles, standard) = (try row[mappedRoles], try row[defaults])
                let (createsUsers, status) = (try row[createsUsers], try row[status])
                let settings = try row.parsed(domains) { domains in
                    try SSOSettings(
                        issuer: issuer, clientID: clientID, scopes: try OAuthScopes(scopes),
                        domains: try domains.map { try EmailDomain($0) }, claims: claims,
                        roleMapping: Dictionary(zip(values, try roles.map { try Role($0) }), uniquingKeysWith: { $1 }),
                        defaultRoles: Set(try standard.map { try Role($0) }), createsUsers: createsUsers,
                        status: status)
                }
                return SSOConnection(
                    id: try row[id], tenant: tenant, name: try row[name], preset: try row[preset], settings: settings,
                    sealedSecret: try row[secret], version: try row[version], createdAt: try row[createdAt],
                    updatedAt: try row[updatedAt])
            }
        })
}

struct PostgresSSOConnectionStore: SSOConnectionStore {
    let scope: PostgresScope

    private var table: PostgresTable<SSOConnection> { PostgresTable(SSOConnection.table, scope) }
    private var runner: any StatementRunner { scope.runner }
    private var tenant: TenantID { scope.tenant }

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

    func add(_ connection: SSOConnection) async throws(Failure) { try await table.add(connection) }

    func connection(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        guard let found = try await table.get(id) else { throw .noSSOConnection }
        return found
    }

    func connectionForUpdate(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        guard let found = try await table.getForUpdate(id) else { throw .noSSOConnection }
        return found
    }

    func connections(_ page: PageRequest) async throws(Failure) -> Page<SSOConnection> { try await table.page(page) }

    /// The row is held, so the sealed secret is the one that stands, or a new one: a rotation of keys waits for either.
    func save(_ connection: SSOConnection) async throws(Failure) { try await table.save(connection) }

    func remove(_ id: SSOConnectionID) async throws(Failure) { try await table.remove(id) }

    func user(of subject: String, at connection: SSOConnectionID) async throws(Failure) -> UserID? {
        try await runner.rows(Self.selectIdentity, [.id(tenant), .id(connection), .text(subject)])
            .value("user_id")
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
}
