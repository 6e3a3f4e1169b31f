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

    func tenantForUpdate(_ id: TenantID) async throws(Failure) -> Tenant? {
        try await tenant(id)
    }

    func save(_ changed: Tenant) async throws(Failure) {
        guard changed.id == tenant else { throw .bug("A tenant is changed in a transaction of another.") }
        try tables.change { state throws(Failure) in
            guard state.tenants[tenant]?.version == changed.version - 1 else {
                throw Failure(.tooMuchContention, "Try again.", retryAfter: .seconds(1))
            }
            state.tenants[tenant] = changed
        }
    }
}

struct MemoryUserStore: UserStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ user: User) async throws(Failure) {
        guard user.tenant == tenant else { throw .bug("A user is added in a transaction of another tenant.") }
        try put(user)
    }

    func save(_ user: User) async throws(Failure) {
        guard let stored = try await self.user(user.id), stored.version == user.version - 1 else {
            throw Failure(.tooMuchContention, "Somebody else changed the user meanwhile.")
        }
        try put(user)
    }

    private func put(_ user: User) throws(Failure) {
        try tables.change { state throws(Failure) in
            let others = state.users.values.filter { $0.tenant == tenant && $0.id != user.id }
            if others.contains(where: { $0.email == user.email }) {
                throw Failure(.emailTaken, "Another user of this tenant has this e-mail address.")
            }
            if let username = user.username, others.contains(where: { $0.username == username }) {
                throw Failure(.usernameTaken, "Another user of this tenant has this username.")
            }
            state.users[user.id] = user
        }
    }

    func remove(_ id: UserID) async throws(Failure) {
        tables.change { state in
            guard state.users[id]?.tenant == tenant else { return }
            state.users[id] = nil
            state.sessions = state.sessions.filter { $0.value.user != id }
            state.passwordResets[id] = nil
            state.userIdentities = state.userIdentities.filter { $0.value.user != id }
        }
    }

    func users(_ page: PageRequest, matching filter: UserFilter) async throws(Failure) -> Page<User> {
        let all = tables.read { state in
            state.users.values.filter { $0.tenant == tenant && filter.admits($0) }.sorted { $0.id < $1.id }
        }
        let rest = all.drop { $0.id.description <= page.lowerBound }.dropFirst(page.offset)
        return Page(
            overfull: Array(rest.prefix(page.limit + 1)), for: page, total: page.isNumbered ? all.count : nil,
            sortKey: \.id.description)
    }

    func ownersForUpdate() async throws(Failure) -> [UserID] {
        tables.read { state in
            state.users.values.filter { $0.tenant == tenant && $0.isActiveOwner }
                .map(\.id).sorted()
        }
    }

    func user(_ id: UserID) async throws(Failure) -> User? {
        tables.read { $0.users[id] }.flatMap { $0.tenant == tenant ? $0 : nil }
    }

    func userForUpdate(_ id: UserID) async throws(Failure) -> User? {
        try await user(id)
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

struct MemorySessionStore: SessionStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ session: Session) async throws(Failure) {
        guard session.tenant == tenant else { throw .bug("A session is added in a transaction of another tenant.") }
        tables.change { state in
            state.sessions[session.id] = session
            let standing = state.sessions.values.filter {
                $0.tenant == tenant && $0.user == session.user && $0.endedAt == nil
            }
            guard standing.count > Session.most else { return }
            for var old in standing.sorted(by: { $0.id > $1.id }).dropFirst(Session.most) {
                _ = old.end(at: session.createdAt)
                state.sessions[old.id] = old
            }
        }
    }

    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> (session: Session, user: User)? {
        tables.read { state in
            guard let session = state.sessions[id], session.tenant == tenant, let user = state.users[session.user]
            else { return nil }
            return (session, user)
        }
    }

    func sessions(of user: UserID, at now: Timestamp, _ page: PageRequest) async throws(Failure) -> Page<Session> {
        let live = tables.read { state in
            state.sessions.values.filter { $0.tenant == tenant && $0.user == user && $0.isAlive(at: now) }
        }
        let start = SessionID(page.lowerBound)
        let rest = live.sorted { $0.id > $1.id }.drop { session in start.map { session.id >= $0 } ?? false }
            .dropFirst(page.offset)
        return Page(
            overfull: Array(rest.prefix(page.limit + 1)), for: page, total: page.isNumbered ? live.count : nil,
            sortKey: \.id.description)
    }

    func endAll(of user: UserID, but kept: SessionID?, at now: Timestamp) async throws(Failure) -> [SessionID] {
        tables.change { state in
            let ending = state.sessions.values.filter {
                $0.tenant == tenant && $0.user == user && $0.isAlive(at: now) && $0.id != kept
            }
            for var session in ending {
                _ = session.end(at: now)
                state.sessions[session.id] = session
            }
            return ending.map(\.id)
        }
    }

    func save(_ session: Session) async throws(Failure) {
        tables.change { state in
            if state.sessions[session.id]?.tenant == tenant { state.sessions[session.id] = session }
        }
    }
}
