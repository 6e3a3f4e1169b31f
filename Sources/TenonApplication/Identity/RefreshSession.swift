public import TenonDomain
internal import TenonKit

/// Exchanges a refresh token for the next one and a new access token (RFC 9700 §4.14).
public struct RefreshSession: Sendable {
    public struct Input: Sendable {
        public let token: Secret

        public init(token: Secret) {
            self.token = token
        }
    }

    private let rules: Reads<any HasAccess>
    private let transactions: Writes<any HasSessions & RecordsEvents>
    private let refreshTokens: any RefreshTokens
    private let sessions: SessionStarter
    private let tenants: TenantAccessCache
    private let refusals: RefusalThrottle
    private let clock: any WallClock

    package init(
        transactions: any Transactions, refreshTokens: any RefreshTokens, sessions: SessionStarter,
        tenants: TenantAccessCache, clock: any WallClock
    ) {
        rules = Reads(transactions) { $0 }
        self.transactions = Writes(transactions) { $0 }
        self.refreshTokens = refreshTokens
        self.sessions = sessions
        self.tenants = tenants
        refusals = RefusalThrottle(clock: clock)
        self.clock = clock
    }

    /// Fails with `invalidRefreshToken` or `tenantSuspended`. A replay ends the session before it fails.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> TokenPair {
        guard let ticket = refreshTokens.read(input.token) else { throw Self.refusal }
        let now = clock.now()
        guard let access = try await tenants.access(of: ticket.tenant, from: rules, at: clock.steady())
        else {
            throw Self.refusal
        }
        try access.requireActive()
        let (outcome, session, user) = try await transactions.write(in: ticket.tenant, as: caller) {
            work throws(Failure) in
            try await refresh(ticket, in: work, at: now)
        }
        switch outcome {
        case .rotated, .repeated: return try sessions.tokens(for: session, of: user, at: now)
        case .replayed: throw Self.refusal
        case .over:
            try await recordRefusal(of: session, as: caller)
            throw Self.refusal
        }
    }

    /// Records the use of a token of an ended session, at most once a second.
    private func recordRefusal(of session: Session, as caller: Caller) async throws(Failure) {
        let refused = RefusalThrottle.Key(
            tenant: session.tenant, subject: session.id.description, reason: EventKind.refreshRefused.name)
        guard var details = refusals.admit(refused) else { return }
        details["user_id"] = .string(session.user.description)
        let event = DomainEvent(.refreshRefused, on: .session(session.id), details)
        try await transactions.write(in: session.tenant, as: caller) { work throws(Failure) in
            work.audit(event, .denied)
        }
    }

    /// Commits the outcome's changes, including the end of a replayed session: so a replay must not throw.
    private func refresh(
        _ ticket: RefreshTicket, in work: any HasSessions & RecordsEvents, at now: Timestamp
    ) async throws(Failure) -> (RefreshOutcome, Session, User) {
        guard case (var session, let user)? = try await work.sessions.sessionForUpdate(ticket.session)
        else { throw Self.refusal }
        guard user.maySignIn else { return (.over, session, user) }
        let outcome = session.refresh(presenting: ticket.counter, lifetimes: sessions.lifetimes, at: now)
        switch outcome {
        case .rotated: try await work.sessions.save(session)
        case .replayed(let ended):
            try await work.sessions.save(session)
            work.record(ended)
            work.accessChanged(.session(session.id))
        case .repeated, .over: break
        }
        return (outcome, session, user)
    }

    private static let refusal = Failure(.invalidRefreshToken, "The refresh token is not valid. Sign in again.")
}
