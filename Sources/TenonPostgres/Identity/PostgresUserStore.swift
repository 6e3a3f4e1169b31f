internal import TenonDomain

extension User {
    static let table = TableStatements(
        Columns<User>("users") { c in
            let id = c.key("id", \.id)
            let email = c.column("email", \.email)
            let username = c.column("username", \.username)
            let full = c.column("full_name", \.name.full)
            let first = c.column("first_name", \.name.first)
            let last = c.column("last_name", \.name.last)
            let hash = c.column("password_hash", \.passwordHash)
            let roles = c.column("roles") { $0.roles.map(\.name).sorted() }
            let status = c.column("status", \.status)
            let isPersonal = c.fixed("is_personal", \.isPersonal)
            let version = c.version("version", \.version)
            let createdAt = c.fixed("created_at", \.createdAt)
            let updatedAt = c.column("updated_at", \.updatedAt)
            c.derived("email_folded", \.email.folded)
            c.derived("username_folded", \.username?.folded)
            c.digest("email_digest", .email, entry: .email) { Array($0.email.folded.utf8) }
            c.digest("username_digest", .username, entry: .username) { $0.username.map { Array($0.folded.utf8) } }
            c.listed(
                by: id, where: "($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR $3 = ANY(roles))", binds: 2)
            return { row, tenant throws(PostgresError) in
                User(
                    id: try row[id], tenant: tenant, email: try row[email], username: try row[username],
                    name: PersonName(full: try row[full], first: try row[first], last: try row[last]),
                    passwordHash: try row[hash],
                    roles: try row.parsed(roles) { names in Set(try names.map { try Role($0) }) },
                    status: try row[status], isPersonal: try row[isPersonal], version: try row[version],
                    createdAt: try row[createdAt], updatedAt: try row[updatedAt])
            }
        })
}

struct PostgresUserStore: UserStore {
    let scope: PostgresScope

    private var table: PostgresTable<User> { PostgresTable(User.table, scope) }

    private static let selectOwners = Statement(
        "select_owners_for_update",
        """
        SELECT id FROM users
        WHERE tenant_id = $1 AND status = 'active' AND roles && '{owner,platform_administrator}' ORDER BY id
        FOR NO KEY UPDATE
        """)
    private static let selectByEmail = Statement(
        "select_user_by_email",
        "SELECT \(User.table.columns.list()) FROM users WHERE tenant_id = $1 AND email_folded = $2")
    private static let selectByUsername = Statement(
        "select_user_by_username",
        "SELECT \(User.table.columns.list()) FROM users WHERE tenant_id = $1 AND username_folded = $2")
    private static let updateHash = Statement(
        "update_password_hash", "UPDATE users SET password_hash = $3 WHERE tenant_id = $1 AND id = $2")

    func add(_ user: User) async throws(Failure) { try await table.add(user) }

    func save(_ user: User) async throws(Failure) { try await table.save(user) }

    func remove(_ id: UserID) async throws(Failure) { try await table.remove(id) }

    func user(_ id: UserID) async throws(Failure) -> User? { try await table.get(id) }

    func userForUpdate(_ id: UserID) async throws(Failure) -> User? { try await table.getForUpdate(id) }

    func user(_ login: LoginName) async throws(Failure) -> User? {
        switch login {
        case .email(let email): try await table.one(Self.selectByEmail, [.text(email.folded)])
        case .username(let username): try await table.one(Self.selectByUsername, [.text(username.folded)])
        }
    }

    func users(_ page: PageRequest, matching filter: UserFilter) async throws(Failure) -> Page<User> {
        try await table.page(page, [filter.status.bind, filter.role.bind])
    }

    func ownersForUpdate() async throws(Failure) -> [UserID] {
        try await scope.runner.rows(Self.selectOwners, [.id(scope.tenant)]).all("id")
    }

    func upgradeHash(of id: UserID, to hash: PasswordHash) async throws(Failure) {
        try await scope.runner.execute(Self.updateHash, [.id(scope.tenant), .id(id), hash.bind])
    }
}
