internal import TenonDomain

struct PostgresUserStore: UserStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let digests: any KeyedDigests

    private static let insert = Statement(
        "insert_user",
        """
        INSERT INTO users (tenant_id, id, email, email_folded, email_digest, username, username_folded,
            username_digest, full_name, password_hash, roles, status, version, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """)
    private static let columns = """
        id, email, username, full_name, password_hash, roles, status, version, created_at, updated_at
        """
    private static let selectByID = Statement(
        "select_user", "SELECT \(columns) FROM users WHERE tenant_id = $1 AND id = $2")
    private static let selectByEmail = Statement(
        "select_user_by_email", "SELECT \(columns) FROM users WHERE tenant_id = $1 AND email_folded = $2")
    private static let selectByUsername = Statement(
        "select_user_by_username", "SELECT \(columns) FROM users WHERE tenant_id = $1 AND username_folded = $2")
    private static let updateHash = Statement(
        "update_password_hash", "UPDATE users SET password_hash = $3 WHERE tenant_id = $1 AND id = $2")

    func add(_ user: User) async throws(Failure) {
        guard user.tenant == tenant else { throw .bug("A user is added in a transaction of another tenant.") }
        _ = try await runner.rows(
            Self.insert,
            [
                .id(tenant), .id(user.id), .text(user.email.text), .text(user.email.folded),
                .bytes(digests.digest(user.email.folded, for: .email)), .optional(user.username?.text),
                .optional(user.username?.folded),
                .optional(user.username.map { digests.digest($0.folded, for: .username) }),
                .optional(user.fullName?.text), .text(user.passwordHash.encoded),
                .textArray(user.roles.map(\.rawValue).sorted()), .text(user.status.rawValue), .int(user.version),
                .timestamp(user.createdAt), .timestamp(user.updatedAt),
            ],
            constraints: [
                "users_email_key": Failure(.emailTaken, "Another user of this tenant has this e-mail address."),
                "users_username_key": Failure(.usernameTaken, "Another user of this tenant has this username."),
            ])
    }

    func user(_ id: UserID) async throws(Failure) -> User? {
        try await one(Self.selectByID, .id(id))
    }

    func user(_ login: LoginName) async throws(Failure) -> User? {
        switch login {
        case .email(let email): try await one(Self.selectByEmail, .text(email.folded))
        case .username(let username): try await one(Self.selectByUsername, .text(username.folded))
        }
    }

    func upgradeHash(of id: UserID, to hash: PasswordHash) async throws(Failure) {
        _ = try await runner.rows(Self.updateHash, [.id(tenant), .id(id), .text(hash.encoded)])
    }

    private func one(_ statement: Statement, _ key: PostgresValue) async throws(Failure) -> User? {
        try await runner.rows(statement, [.id(tenant), key]).first { row throws(PostgresError) in
            var roles: Set<Role> = []
            for name in try row.textArray(5) {
                guard let role = Role(rawValue: name) else { throw row.undecodable(5, as: "Role") }
                roles.insert(role)
            }
            return User(
                id: try row.id(0), tenant: tenant,
                email: try row.value(1) { text throws(Violation) in try EmailAddress(text) },
                username: try row.optionalValue(2) { text throws(Violation) in try Username(text) },
                fullName: try row.optionalValue(3) { text throws(Violation) in try DisplayName(text) },
                passwordHash: PasswordHash(encoded: try row.text(4)), roles: roles, status: try row.choice(6),
                version: try row.int(7), createdAt: try row.timestamp(8), updatedAt: try row.timestamp(9))
        }
    }
}
