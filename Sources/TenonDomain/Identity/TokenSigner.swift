/// What an access token says (RFC 9068, as far as it applies).
public struct AccessClaims: Sendable, Equatable {
    public let subject: UserID
    /// The tenant, or the platform for an administrator.
    public let tenant: TenantID
    public let session: SessionID
    public let roles: Set<Role>
    public let issuedAt: Timestamp
    public let expiresAt: Timestamp

    public init(
        subject: UserID, tenant: TenantID, session: SessionID, roles: Set<Role>, issuedAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.subject = subject
        self.tenant = tenant
        self.session = session
        self.roles = roles
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// Makes and checks access tokens: compact JWS (RFC 7515), `alg` fixed to Ed25519, `typ` `at+jwt`.
public protocol TokenSigner: Sendable {
    /// Signs with the active key. Times are cut to whole seconds.
    func sign(_ claims: AccessClaims) throws(Failure) -> String

    /// The claims of a token that this installation signed, that has begun and not expired at `now`, and
    /// whose session was not revoked here; else `notAuthenticated`. Nothing in the token's header is trusted.
    func verify(_ token: String, at now: Timestamp) throws(Failure) -> AccessClaims

    /// From now on no token of the session passes on this process.
    func revoke(_ session: SessionID, at now: Timestamp)

    /// The public keys that tokens may be signed with, the coming and the retiring ones included.
    func publicKeys() -> [PublicSigningKey]
}

/// One member of a JWK Set (RFC 7517, RFC 8037).
public struct PublicSigningKey: Sendable, Equatable {
    public let keyID: String
    /// 32 bytes.
    public let ed25519: [UInt8]

    public init(keyID: String, ed25519: [UInt8]) {
        self.keyID = keyID
        self.ed25519 = ed25519
    }
}

/// What a refresh token says.
public struct RefreshTicket: Sendable, Equatable {
    public let session: SessionID
    public let counter: Int64

    public init(session: SessionID, counter: Int64) {
        self.session = session
        self.counter = counter
    }
}

/// Writes and reads refresh tokens: version, session, counter, a truncated HMAC under the session's own
/// key, and a checksum that refuses typing errors before the first lookup.
public protocol RefreshTokens: Sendable {
    func issue(_ ticket: RefreshTicket) -> Secret

    /// Nil for whatever this installation did not issue.
    func read(_ token: Secret) -> RefreshTicket?
}
