public import TenonKit

/// What an access token says (RFC 9068, as far as it applies).
public struct AccessClaims: Sendable, Equatable {
    public let subject: UserID
    /// The tenant, or the platform for an administrator.
    public let tenant: TenantID
    public let session: SessionID
    public let roles: Set<Role>
    /// The user's version that the token was made of: see `AccessChange.epoch`.
    public let userVersion: Int64
    public let issuedAt: Timestamp
    public let expiresAt: Timestamp

    public init(
        subject: UserID, tenant: TenantID, session: SessionID, roles: Set<Role>, userVersion: Int64,
        issuedAt: Timestamp, expiresAt: Timestamp
    ) {
        self.subject = subject
        self.tenant = tenant
        self.session = session
        self.roles = roles
        self.userVersion = userVersion
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// Makes and checks access tokens: compact JWS (RFC 7515), `alg` fixed to Ed25519, `typ` `at+jwt`.
public protocol TokenSigner: Sendable {
    /// Signs with the active key. Times are cut to whole seconds.
    func sign(_ claims: AccessClaims) throws(Failure) -> String

    /// The claims of a token that this installation signed, that has begun and not expired at `now`, and
    /// which no change made void here; else `notAuthenticated`. Nothing in the token's header is trusted.
    func verify(_ token: String, at now: Timestamp) throws(Failure) -> AccessClaims

    /// From now on no token that the change makes void passes on this process.
    func revoke(_ change: AccessChange, at now: Timestamp)

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
    public let tenant: TenantID
    public let session: SessionID
    public let counter: Int64

    public init(tenant: TenantID, session: SessionID, counter: Int64) {
        self.tenant = tenant
        self.session = session
        self.counter = counter
    }
}

/// Writes and reads refresh tokens: version, tenant, session, counter, a truncated HMAC under the session's own
/// key, and a checksum that refuses typing errors before the first lookup.
public protocol RefreshTokens: Sendable {
    func issue(_ ticket: RefreshTicket) -> Secret

    /// Nil for whatever this installation did not issue.
    func read(_ token: Secret) -> RefreshTicket?
}
