/// Keeps tenants. Every method works within the tenant of its transaction.
public protocol TenantStore: Sendable {
    /// Adds a tenant whose id is the transaction's tenant. `slugTaken` when any tenant has the slug.
    func add(_ tenant: Tenant) async throws(Failure)

    /// Nil for every id but the transaction's own tenant.
    func tenant(_ id: TenantID) async throws(Failure) -> Tenant?

    /// The same, held until the transaction ends: of two that ask at once the second waits.
    func tenantForUpdate(_ id: TenantID) async throws(Failure) -> Tenant?

    /// Stores the tenant in the place of the version before it; `tooMuchContention` where another stands there.
    func save(_ tenant: Tenant) async throws(Failure)
}

/// Keeps the users of the transaction's tenant.
public protocol UserStore: Sendable {
    /// `emailTaken` or `usernameTaken` when another user of the tenant has them, compared case-folded.
    func add(_ user: User) async throws(Failure)

    func user(_ id: UserID) async throws(Failure) -> User?

    func user(_ login: LoginName) async throws(Failure) -> User?

    /// The user, held until the transaction ends: of two that ask at once the second waits.
    func userForUpdate(_ id: UserID) async throws(Failure) -> User?

    /// Stores everything but the id and the times of creation, unless the stored version is not the one before:
    /// `tooMuchContention`. Fails with `emailTaken` and `usernameTaken` as `add` does.
    func save(_ user: User) async throws(Failure)

    /// Takes the user and its sessions away.
    func remove(_ id: UserID) async throws(Failure)

    /// In the order of their ids.
    func users(_ page: PageRequest, matching filter: UserFilter) async throws(Failure) -> Page<User>

    /// Active owners, of the platform its administrators, held until the transaction ends: of two that ask at once the second waits.
    func ownersForUpdate() async throws(Failure) -> [UserID]

    /// Stores the hash of the user's own, unchanged password.
    func upgradeHash(of id: UserID, to hash: PasswordHash) async throws(Failure)
}

/// Keeps the sessions of the transaction's tenant.
public protocol SessionStore: Sendable {
    /// Of the user's sessions that nobody ended the newest `Session.most` stay. The others end as this one begins, some at
    /// a time where there are many; what access tokens they have run out.
    func add(_ session: Session) async throws(Failure)

    /// The session, held until the transaction ends, and whose it is: of two that ask at once the second waits.
    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> (session: Session, user: User)?

    /// Those of the user that are not over, newest first.
    func sessions(of user: UserID, at now: Timestamp, _ page: PageRequest) async throws(Failure) -> Page<Session>

    /// Ends those of the user that are not over, but for one; answers their ids. What ran out by itself stays as it is.
    func endAll(of user: UserID, but kept: SessionID?, at now: Timestamp) async throws(Failure) -> [SessionID]

    /// Stores the counter and the times.
    func save(_ session: Session) async throws(Failure)
}

/// Which users of a list are wanted.
public struct UserFilter: Sendable, Equatable {
    public let status: UserStatus?
    public let role: Role?

    public init(status: UserStatus? = nil, role: Role? = nil) {
        self.status = status
        self.role = role
    }

    public func admits(_ user: User) -> Bool {
        (status.map { $0 == user.status } ?? true) && (role.map { user.roles.contains($0) } ?? true)
    }
}

/// How somebody names their account at login.
public enum LoginName: Sendable, Hashable {
    case email(EmailAddress)
    case username(Username)
}

extension LoginName {
    /// Whether the user goes by this name.
    public func names(_ user: User) -> Bool {
        switch self {
        case .email(let email): user.email == email
        case .username(let username): user.username == username
        }
    }
}

/// The lookups that come before a tenant is known. They take exact keys and answer ids and nothing else;
/// there is no listing. This is the whole list of reads that cross tenants on a request's behalf.
public protocol Directory: Sendable {
    func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID?

    /// The tenants where somebody goes by that name, or did once, each once: at most `limit`, those of the oldest
    /// accounts first.
    func tenants(of login: LoginName, limit: Int) async throws(Failure) -> [TenantID]

    func tenant(of connection: SSOConnectionID) async throws(Failure) -> TenantID?

    func tenant(of key: APIKeyID) async throws(Failure) -> TenantID?

    /// The key that has, or had last, a secret with this digest.
    func key(withSecret digest: [UInt8]) async throws(Failure) -> APIKeyReference?
}

public struct APIKeyReference: Sendable, Hashable {
    public let tenant: TenantID
    public let key: APIKeyID

    public init(tenant: TenantID, key: APIKeyID) {
        self.tenant = tenant
        self.key = key
    }
}
