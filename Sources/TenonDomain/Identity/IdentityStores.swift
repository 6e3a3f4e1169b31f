/// Keeps tenants. Every method works within the tenant of its transaction.
public protocol TenantStore: Sendable {
    /// Adds a tenant whose id is the transaction's tenant. `slugTaken` when any tenant has the slug.
    func add(_ tenant: Tenant) async throws(Failure)

    /// Nil for every id but the transaction's own tenant.
    func tenant(_ id: TenantID) async throws(Failure) -> Tenant?
}

/// Keeps the users of the transaction's tenant.
public protocol UserStore: Sendable {
    /// `emailTaken` or `usernameTaken` when another user of the tenant has them, compared case-folded.
    func add(_ user: User) async throws(Failure)

    func user(_ id: UserID) async throws(Failure) -> User?

    func user(_ login: LoginName) async throws(Failure) -> User?

    /// Stores the hash of the user's own, unchanged password.
    func upgradeHash(of id: UserID, to hash: PasswordHash) async throws(Failure)
}

/// Keeps the sessions of the transaction's tenant.
public protocol SessionStore: Sendable {
    func add(_ session: Session) async throws(Failure)

    /// The session, held until the transaction ends: of two that ask at once the second waits.
    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> Session?

    /// Stores the counter and the times.
    func save(_ session: Session) async throws(Failure)
}

/// How somebody names their account at login.
public enum LoginName: Sendable, Hashable {
    case email(EmailAddress)
    case username(Username)
}

/// The lookups that come before a tenant is known. They take exact keys and answer ids and nothing else;
/// there is no listing. This is the whole list of reads that cross tenants on a request's behalf.
public protocol Directory: Sendable {
    func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID?

    /// The accounts with that name at all tenants, at most `limit`, oldest first.
    func accounts(_ login: LoginName, limit: Int) async throws(Failure) -> [AccountReference]

    func tenant(of session: SessionID) async throws(Failure) -> TenantID?
}

public struct AccountReference: Sendable, Hashable {
    public let tenant: TenantID
    public let user: UserID

    public init(tenant: TenantID, user: UserID) {
        self.tenant = tenant
        self.user = user
    }
}
