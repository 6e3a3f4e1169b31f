public import TenonDomain
public import TenonKit

struct MemorySessionStore: SessionStore {
    let tables: MemoryTables
    let tenant: TenantID

    private var table: MemoryTable<Session> { MemoryTable(tables: tables, tenant: tenant, rows: \.sessions) }

    func add(_ session: Session) async throws(Failure) -> [SessionID] {
        try await table.add(session)
        let standing = table.all { $0.user == session.user && $0.endedAt == nil }
        return end(standing.reversed().dropFirst(Session.maxCount), at: session.createdAt)
    }

    func session(_ id: SessionID) async throws(Failure) -> Session? {
        try await sessionForUpdate(id)?.session
    }

    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> (session: Session, user: User)? {
        tables.read { state in
            guard let session = state.sessions[tenant, id], let user = state.users[tenant, session.user]
            else { return nil }
            return (session, user)
        }
    }

    func sessions(of user: UserID, at now: Timestamp, _ page: PageRequest) async throws(Failure) -> Page<Session> {
        try await table.page(page, descending: true) { $0.user == user && $0.isAlive(at: now) }
    }

    func endAll(of user: UserID, but kept: SessionID?, at now: Timestamp) async throws(Failure) -> [SessionID] {
        end(table.all { $0.user == user && $0.isAlive(at: now) && $0.id != kept }, at: now)
    }

    private func end(_ sessions: some Collection<Session>, at now: Timestamp) -> [SessionID] {
        for var session in sessions {
            _ = session.end(at: now)
            tables.change { [session] in $0.sessions[tenant, session.id] = session }
        }
        return sessions.map(\.id)
    }

    func save(_ session: Session) async throws(Failure) { try await table.save(session) }
}

/// Deletes ended sessions in memory.
public struct MemorySessionSweeper: ExpiredRows {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await transactions.change { state in
            let moment = now - Session.retention
            return state.sessions.removeAll { $0.endsAt <= moment || $0.endedAt.map { $0 <= moment } ?? false }
        }
    }
}
