public import TenonDomain
public import TenonKit

struct MemorySessionStore: SessionStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ session: Session) async throws(Failure) -> [SessionID] {
        guard session.tenant == tenant else { throw .bug("A session is added in a transaction of another tenant.") }
        return tables.change { state in
            state.sessions[session.id] = session
            let standing = state.sessions.values.filter {
                $0.tenant == tenant && $0.user == session.user && $0.endedAt == nil
            }
            guard standing.count > Session.maxCount else { return [] }
            let ending = standing.sorted { $0.id > $1.id }.dropFirst(Session.maxCount)
            for var old in ending {
                _ = old.end(at: session.createdAt)
                state.sessions[old.id] = old
            }
            return ending.map(\.id)
        }
    }

    func session(_ id: SessionID) async throws(Failure) -> Session? {
        try await sessionForUpdate(id)?.session
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

/// Sessions in memory that are over.
public struct MemorySessionSweeper: ExpiredRows {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await transactions.change { state in
            let before = state.sessions.count
            let moment = now - Session.retention
            state.sessions = state.sessions.filter {
                $0.value.endsAt > moment && $0.value.endedAt.map { $0 > moment } ?? true
            }
            return before - state.sessions.count
        }
    }
}
