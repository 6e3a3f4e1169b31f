internal import TenonDomain
internal import TenonKit

struct MemorySSOConnectionStore: SSOConnectionStore {
    let tables: MemoryTables
    let tenant: TenantID

    private var table: MemoryTable<SSOConnection> {
        MemoryTable(tables: tables, tenant: tenant, rows: \.ssoConnections)
    }

    func add(_ connection: SSOConnection) async throws(Failure) { try await table.add(connection) }

    func connection(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        guard let connection = try await table.get(id) else { throw .noSSOConnection }
        return connection
    }

    /// Transactions run one after another here, and each holds the whole state.
    func connectionForUpdate(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        try await connection(id)
    }

    func connections(_ page: PageRequest) async throws(Failure) -> Page<SSOConnection> { try await table.page(page) }

    func save(_ connection: SSOConnection) async throws(Failure) { try await table.save(connection) }

    func remove(_ id: SSOConnectionID) async throws(Failure) {
        tables.change { state in
            guard state.ssoConnections[tenant, id] != nil else { return }
            state.ssoConnections[tenant, id] = nil
            state.userIdentities = state.userIdentities.filter { $0.key.connection != id }
        }
    }

    func user(of subject: String, at connection: SSOConnectionID) async throws(Failure) -> UserID? {
        tables.read { state in
            guard state.ssoConnections[tenant, connection] != nil else { return nil }
            return state.userIdentities[IdentityPath(connection: connection, subject: Array(subject.utf8))]?.user
        }
    }

    func add(_ identity: UserIdentity) async throws(Failure) {
        let path = IdentityPath(connection: identity.connection, subject: Array(identity.subject.utf8))
        try tables.change { state throws(Failure) in
            guard state.ssoConnections[tenant, identity.connection] != nil else {
                throw .noSSOConnection
            }
            guard state.users[tenant, identity.user] != nil else {
                throw .bug("An identity is added where its user is not.")
            }
            let isTaken = state.userIdentities.contains { key, value in
                key == path || (key.connection == identity.connection && value.user == identity.user)
            }
            guard !isTaken else {
                throw Failure(.ssoAccountExists, "Another identity of the connection is linked to the user.")
            }
            state.userIdentities[path] = identity
        }
    }

    func spend(_ digest: [UInt8], until expiry: Timestamp, at now: Timestamp) async throws(Failure) -> Bool {
        tables.change { state in
            state.spentStates[tenant] = state.spentStates[tenant]?.filter { now < $0.value }
            return state.spentStates[tenant, default: [:]].updateValue(expiry, forKey: digest) == nil
        }
    }
}
