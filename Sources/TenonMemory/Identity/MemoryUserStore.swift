internal import TenonDomain

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
            if user.isPersonal,
                state.users.values.contains(where: { other in
                    other.isPersonal && other.id != user.id
                        && (other.email == user.email || user.username != nil && other.username == user.username)
                })
            {
                throw .accountExists
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
