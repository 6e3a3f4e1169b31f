public import TenonKit

/// The claims of an access token (RFC 9068, as far as it applies).
public struct AccessClaims: Sendable, Equatable {
    public let subject: UserID
    /// The tenant, or the platform for an administrator.
    public let tenant: TenantID
    public let session: SessionID
    public let roles: Set<Role>
    /// The user's version when the token was created: see `AccessChange.epoch`.
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

/// Creates and verifies access tokens: compact JWS (RFC 7515), `alg` fixed to Ed25519, `typ` `at+jwt`.
public protocol TokenSigner: Sendable {
    /// Signs with the active key. Times are truncated to whole seconds.
    func sign(_ claims: AccessClaims) throws(Failure) -> String

    /// The claims of a token that this installation signed, that is valid at `now`, and that no known change revoked;
    /// else `notAuthenticated`. Nothing in the token's header is trusted.
    func verify(_ token: String, at now: Timestamp) throws(Failure) -> AccessClaims

    /// From now on this process refuses the tokens that the change revokes.
    func revoke(_ change: AccessChange, at now: Timestamp)

    /// The public keys of tokens, including pending and retiring ones.
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

/// The content of a refresh token.
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

/// Writes and reads refresh tokens: version, tenant, session, counter, a truncated HMAC with the session's own key, and
/// a checksum that detects typing errors before any lookup.
public protocol RefreshTokens: Sendable {
    func issue(_ ticket: RefreshTicket) -> Secret

    /// Nil for any token that this installation did not issue.
    func read(_ token: Secret) -> RefreshTicket?
}
