internal import TenonDomain
internal import TenonKit

struct MemorySSOConnectionStore: SSOConnectionStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ connection: SSOConnection) async throws(Failure) {
        guard connection.tenant == tenant else { throw .bug("A connection is added in another tenant's transaction.") }
        try tables.change { state throws(Failure) in
            let isTaken = state.ssoConnections.values.contains { $0.tenant == tenant && $0.name == connection.name }
            guard !isTaken else {
                throw Failure(.ssoConnectionNameTaken, "There is a connection \(connection.name.text) already.")
            }
            state.ssoConnections[connection.id] = connection
        }
    }

    func connection(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        guard let connection = tables.read({ $0.ssoConnections[id] }), connection.tenant == tenant else {
            throw .noSSOConnection
        }
        return connection
    }

    /// Transactions follow one another here, and each holds everything.
    func connectionForUpdate(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        try await connection(id)
    }

    func connections(_ page: PageRequest) async throws(Failure) -> Page<SSOConnection> {
        let all = tables.read { state in
            state.ssoConnections.values.filter { $0.tenant == tenant }.sorted { $0.name.text < $1.name.text }
        }
        let rest = all.drop { $0.name.text <= page.lowerBound }.dropFirst(page.offset)
        return Page(
            overfull: Array(rest.prefix(page.limit + 1)), for: page, total: page.isNumbered ? all.count : nil,
            sortKey: \.name.text)
    }

    func save(_ connection: SSOConnection) async throws(Failure) {
        guard connection.tenant == tenant else { throw .bug("A connection is saved in another tenant's transaction.") }
        tables.change { $0.ssoConnections[connection.id] = connection }
    }

    func remove(_ id: SSOConnectionID) async throws(Failure) {
        tables.change { state in
            guard state.ssoConnections[id]?.tenant == tenant else { return }
            state.ssoConnections[id] = nil
            state.userIdentities = state.userIdentities.filter { $0.key.connection != id }
        }
    }

    func user(of subject: String, at connection: SSOConnectionID) async throws(Failure) -> UserID? {
        tables.read { state in
            guard state.ssoConnections[connection]?.tenant == tenant else { return nil }
            return state.userIdentities[IdentityPath(connection: connection, subject: Array(subject.utf8))]?.user
        }
    }

    func add(_ identity: UserIdentity) async throws(Failure) {
        let path = IdentityPath(connection: identity.connection, subject: Array(identity.subject.utf8))
        try tables.change { state throws(Failure) in
            guard state.ssoConnections[identity.connection]?.tenant == tenant else {
                throw .noSSOConnection
            }
            guard state.users[identity.user]?.tenant == tenant else {
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
