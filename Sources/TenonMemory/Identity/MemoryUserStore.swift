internal import TenonDomain

struct MemoryUserStore: UserStore {
    let tables: MemoryTables
    let tenant: TenantID

    private var table: MemoryTable<User> { MemoryTable(tables: tables, tenant: tenant, rows: \.users) }

    func add(_ user: User) async throws(Failure) { try await table.add(user) }

    func save(_ user: User) async throws(Failure) { try await table.save(user) }

    func remove(_ id: UserID) async throws(Failure) {
        tables.change { state in
            guard state.users[tenant, id] != nil else { return }
            state.users[tenant, id] = nil
            _ = state.sessions.removeAll { $0.user == id }
            state.passwordResets[id] = nil
            state.userIdentities = state.userIdentities.filter { $0.value.user != id }
        }
    }

    func users(_ page: PageRequest, matching filter: UserFilter) async throws(Failure) -> Page<User> {
        try await table.page(page, where: filter.admits)
    }

    func ownersForUpdate() async throws(Failure) -> [UserID] {
        table.all(where: \.isActiveOwner).map(\.id)
    }

    func user(_ id: UserID) async throws(Failure) -> User? { try await table.get(id) }

    func userForUpdate(_ id: UserID) async throws(Failure) -> User? { try await table.get(id) }

    func user(_ login: LoginName) async throws(Failure) -> User? {
        tables.read { state in state.users.of(tenant).first { login.names($0) } }
    }

    func upgradeHash(of id: UserID, to hash: PasswordHash) async throws(Failure) {
        tables.change { $0.users[tenant, id]?.upgradeHash(to: hash) }
    }
}
