internal import TenonDomain

struct MemoryTenantStore: TenantStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ new: Tenant) async throws(Failure) {
        guard new.id == tenant else { throw .bug("A tenant is added in a transaction of another.") }
        try tables.change { state throws(Failure) in
            guard !state.tenants.values.contains(where: { $0.slug == new.slug }) else {
                throw Failure(.slugTaken, "Choose another name: the slug \(new.slug.text) is taken.")
            }
            state.tenants[new.id] = new
        }
    }

    func tenant(_ id: TenantID) async throws(Failure) -> Tenant? {
        id == tenant ? tables.read { $0.tenants[id] } : nil
    }
}

struct MemoryUserStore: UserStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ user: User) async throws(Failure) {
        guard user.tenant == tenant else { throw .bug("A user is added in a transaction of another tenant.") }
        try tables.change { state throws(Failure) in
            let others = state.users.values.filter { $0.tenant == tenant }
            if others.contains(where: { $0.email == user.email }) {
                throw Failure(.emailTaken, "Another user of this tenant has this e-mail address.")
            }
            if let username = user.username, others.contains(where: { $0.username == username }) {
                throw Failure(.usernameTaken, "Another user of this tenant has this username.")
            }
            state.users[user.id] = user
        }
    }

    func user(_ id: UserID) async throws(Failure) -> User? {
        tables.read { $0.users[id] }.flatMap { $0.tenant == tenant ? $0 : nil }
    }

    func user(_ login: LoginName) async throws(Failure) -> User? {
        tables.read { state in state.users.values.first { $0.tenant == tenant && login.names($0) } }
    }

    func upgradeHash(of id: UserID, to hash: PasswordHash) async throws(Failure) {
        tables.change { state in
            if state.users[id]?.tenant == tenant { state.users[id]?.upgradeHash(to: hash) }
        }
    }
}

extension LoginName {
    func names(_ user: User) -> Bool {
        switch self {
        case .email(let email): user.email == email
        case .username(let username): user.username == username
        }
    }
}

struct MemorySessionStore: SessionStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ session: Session) async throws(Failure) {
        guard session.tenant == tenant else { throw .bug("A session is added in a transaction of another tenant.") }
        tables.change { $0.sessions[session.id] = session }
    }

    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> Session? {
        tables.read { $0.sessions[id] }.flatMap { $0.tenant == tenant ? $0 : nil }
    }

    func save(_ session: Session) async throws(Failure) {
        tables.change { state in
            if state.sessions[session.id]?.tenant == tenant { state.sessions[session.id] = session }
        }
    }
}
