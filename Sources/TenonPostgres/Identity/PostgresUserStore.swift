internal import TenonDomain
internal import TenonKit

struct PostgresUserStore: UserStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let digests: any KeyedDigests
    let directory: DirectoryWriter?

    private static let insert = Statement(
        "insert_user",
        """
        INSERT INTO users (tenant_id, id, email, email_folded, email_digest, username, username_folded,
            username_digest, full_name, first_name, last_name, password_hash, roles, status, version, created_at,
            updated_at, is_personal)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        """)
    private static let update = Statement(
        "update_user",
        """
        UPDATE users SET email = $3, email_folded = $4, email_digest = $5, username = $6, username_folded = $7,
            username_digest = $8, full_name = $9, first_name = $10, last_name = $11, password_hash = $12, roles = $13,
            status = $14, version = $15, updated_at = $16
        WHERE tenant_id = $1 AND id = $2 AND version = $15 - 1 RETURNING 1
        """)
    private static let delete = Statement(
        "delete_user", "DELETE FROM users WHERE tenant_id = $1 AND id = $2 RETURNING email_digest, username_digest")
    /// What `user` reads.
    static let columns = """
        users.id, email, username, full_name, first_name, last_name, password_hash, roles, status, version,
        users.created_at, users.updated_at, is_personal
        """
    private static let matching = """
        tenant_id = $1 AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR $3 = ANY(roles))
        """
    static let selectPage = Statement(
        "select_users",
        """
        SELECT \(columns) FROM users WHERE \(matching) AND id > $4
        ORDER BY id LIMIT $5 OFFSET $6
        """)
    private static let count = Statement("count_users", "SELECT count(*) FROM users WHERE \(matching)")
    private static let selectOwners = Statement(
        "select_owners_for_update",
        """
        SELECT id FROM users
        WHERE tenant_id = $1 AND status = 'active' AND roles && '{owner,platform_administrator}' ORDER BY id
        FOR NO KEY UPDATE
        """)
    private static let selectByID = Statement(
        "select_user", "SELECT \(columns) FROM users WHERE tenant_id = $1 AND id = $2")
    private static let selectForUpdate = Statement(
        "select_user_for_update",
        "SELECT \(columns) FROM users WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE")
    private static let selectByEmail = Statement(
        "select_user_by_email", "SELECT \(columns) FROM users WHERE tenant_id = $1 AND email_folded = $2")
    private static let selectByUsername = Statement(
        "select_user_by_username", "SELECT \(columns) FROM users WHERE tenant_id = $1 AND username_folded = $2")
    private static let updateHash = Statement(
        "update_password_hash", "UPDATE users SET password_hash = $3 WHERE tenant_id = $1 AND id = $2")

    func add(_ user: User) async throws(Failure) {
        guard user.tenant == tenant else { throw .bug("A user is added in a transaction of another tenant.") }
        try await addToDirectory(user)
        _ = try await runner.rows(
            Self.insert,
            content(of: user) + [.timestamp(user.createdAt), .timestamp(user.updatedAt), .bool(user.isPersonal)],
            constraints: Self.constraints)
    }

    func save(_ user: User) async throws(Failure) {
        try await addToDirectory(user)
        let saved = try await runner.rows(
            Self.update, content(of: user) + [.timestamp(user.updatedAt)], constraints: Self.constraints)
        guard !saved.isEmpty else { throw Failure(.tooMuchContention, "Somebody else changed the user meanwhile.") }
    }

    func remove(_ id: UserID) async throws(Failure) {
        let digests = try await runner.rows(Self.delete, [.id(tenant), .id(id)])
            .first { row throws(PostgresError) in (try row.bytes(0), try row.isNull(1) ? nil : row.bytes(1)) }
        guard let directory, let (email, username) = digests else { return }
        directory.removeAfterCommit(.email, email, id)
        if let username { directory.removeAfterCommit(.username, username, id) }
    }

    /// Entries for the former names may remain: whoever follows one reads the user's row and sees another name.
    private func addToDirectory(_ user: User) async throws(Failure) {
        guard let directory else { return }
        try await directory.add(.email, digests.digest(user.email.folded, for: .email), user.id)
        if let username = user.username {
            try await directory.add(.username, digests.digest(username.folded, for: .username), user.id)
        }
    }

    func users(_ page: PageRequest, matching filter: UserFilter) async throws(Failure) -> Page<User> {
        let wanted: [PostgresValue] = [
            .id(tenant), .optional(filter.status?.rawValue), .optional(filter.role?.name),
        ]
        let start = UserID(page.lowerBound) ?? UserID(high: 0, low: 0)
        let (rows, total) = try await runner.page(
            page,
            Command(
                Self.selectPage,
                wanted + [.id(start), .int(Int64(page.limit + 1)), .int(Int64(page.offset))]),
            counted: Command(Self.count, wanted))
        return Page(overfull: try rows.decoded(user), for: page, total: total, sortKey: \.id.description)
    }

    func ownersForUpdate() async throws(Failure) -> [UserID] {
        try await runner.rows(Self.selectOwners, [.id(tenant)]).decoded { row throws(PostgresError) in try row.id(0) }
    }

    private static let constraints = [
        "users_email_key": Failure(.emailTaken, "Another user of this tenant has this e-mail address."),
        "users_username_key": Failure(.usernameTaken, "Another user of this tenant has this username."),
        "users_personal_email": .accountExists, "users_personal_username": .accountExists,
    ]

    private func content(of user: User) -> [PostgresValue] {
        [
            .id(tenant), .id(user.id), .text(user.email.text), .text(user.email.folded),
            .bytes(digests.digest(user.email.folded, for: .email)), .optional(user.username?.text),
            .optional(user.username?.folded),
            .optional(user.username.map { digests.digest($0.folded, for: .username) }),
            .optional(user.name.full?.text), .optional(user.name.first?.text), .optional(user.name.last?.text),
            .optional(user.passwordHash?.encoded), .textArray(user.roles.map(\.name).sorted()),
            .text(user.status.rawValue), .int(user.version),
        ]
    }

    func user(_ id: UserID) async throws(Failure) -> User? {
        try await one(Self.selectByID, .id(id))
    }

    func userForUpdate(_ id: UserID) async throws(Failure) -> User? {
        try await one(Self.selectForUpdate, .id(id))
    }

    func user(_ login: LoginName) async throws(Failure) -> User? {
        switch login {
        case .email(let email): try await one(Self.selectByEmail, .text(email.folded))
        case .username(let username): try await one(Self.selectByUsername, .text(username.folded))
        }
    }

    func upgradeHash(of id: UserID, to hash: PasswordHash) async throws(Failure) {
        try await runner.execute(Self.updateHash, [.id(tenant), .id(id), .text(hash.encoded)])
    }

    private func one(_ statement: Statement, _ key: PostgresValue) async throws(Failure) -> User? {
        try await runner.rows(statement, [.id(tenant), key]).first(user)
    }

    private func user(_ row: PostgresRow) throws(PostgresError) -> User { try Self.user(row, of: tenant) }

    /// `start` is where the columns begin.
    static func user(_ row: PostgresRow, of tenant: TenantID, from start: Int = 0) throws(PostgresError) -> User {
        var roles: Set<Role> = []
        for name in try row.textArray(start + 7) {
            guard let role = try? Role(name) else { throw row.undecodable(start + 7, as: "Role") }
            roles.insert(role)
        }
        func name(_ column: Int) throws(PostgresError) -> DisplayName? {
            try row.optionalValue(start + column) { text throws(Violation) in try DisplayName(text) }
        }
        return User(
            id: try row.id(start), tenant: tenant,
            email: try row.value(start + 1) { text throws(Violation) in try EmailAddress(text) },
            username: try row.optionalValue(start + 2) { text throws(Violation) in try Username(text) },
            name: PersonName(full: try name(3), first: try name(4), last: try name(5)),
            passwordHash: try row.optionalText(start + 6).map { PasswordHash(encoded: $0) }, roles: roles,
            status: try row.choice(start + 8), isPersonal: try row.bool(start + 12), version: try row.int(start + 9),
            createdAt: try row.timestamp(start + 10), updatedAt: try row.timestamp(start + 11))
    }
}
