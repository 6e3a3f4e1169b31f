public import TenonDomain
internal import TenonKit

/// The tokens of a session.
public struct TokenPair: Sendable {
    public let access: String
    public let refresh: Secret
    /// The lifetime of the access token.
    public let expiresIn: Duration

    public init(access: String, refresh: Secret, expiresIn: Duration) {
        self.access = access
        self.refresh = refresh
        self.expiresIn = expiresIn
    }
}

/// Starts sessions and creates their tokens: shared by registering, signing in and refreshing.
public struct SessionStarter: Sendable {
    private let signer: any TokenSigner
    private let refreshTokens: any RefreshTokens
    private let identifiers: Identifiers
    public let lifetimes: TokenLifetimes

    public init(
        signer: any TokenSigner, refreshTokens: any RefreshTokens, identifiers: Identifiers, lifetimes: TokenLifetimes
    ) {
        self.signer = signer
        self.refreshTokens = refreshTokens
        self.identifiers = identifiers
        self.lifetimes = lifetimes
    }

    func begin(for user: User, from origin: Origin, at now: Timestamp) -> (Session, DomainEvent) {
        Session.begin(id: identifiers.next(), for: user, from: origin, lifetimes: lifetimes, at: now)
    }

    /// An access token that starts now, and the session's current refresh token. The access token does not outlive the
    /// session.
    func tokens(for session: Session, of user: User, at now: Timestamp) throws(Failure) -> TokenPair {
        let end = min(now + lifetimes.access, session.idleUntil, session.endsAt)
        let claims = AccessClaims(
            subject: user.id, tenant: user.tenant, session: session.id, roles: user.roles,
            userVersion: user.version, issuedAt: now, expiresAt: end)
        return TokenPair(
            access: try signer.sign(claims),
            refresh: refreshTokens.issue(
                RefreshTicket(tenant: session.tenant, session: session.id, counter: session.counter)),
            expiresIn: end - now)
    }
}
