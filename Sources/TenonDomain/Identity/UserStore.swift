/// Stores the users of the transaction's tenant.
public protocol UserStore: Sendable {
    /// Fails with `emailTaken` or `usernameTaken` if another user of the tenant has them, compared case-folded.
    func add(_ user: User) async throws(Failure)

    func user(_ id: UserID) async throws(Failure) -> User?

    func user(_ login: LoginName) async throws(Failure) -> User?

    /// The user, locked until the transaction ends: a second caller waits.
    func userForUpdate(_ id: UserID) async throws(Failure) -> User?

    /// Stores everything but the id and the creation times. Fails with `tooMuchContention` unless the stored version is
    /// the previous one, and with `emailTaken` and `usernameTaken` like `add`.
    func save(_ user: User) async throws(Failure)

    /// Deletes the user and its sessions.
    func remove(_ id: UserID) async throws(Failure)

    /// In the order of their ids.
    func users(_ page: PageRequest, matching filter: UserFilter) async throws(Failure) -> Page<User>

    /// Active owners (or the platform's administrators), locked until the transaction ends: a second caller waits.
    func ownersForUpdate() async throws(Failure) -> [UserID]

    /// Stores a new hash of the user's unchanged password.
    func upgradeHash(of id: UserID, to hash: PasswordHash) async throws(Failure)
}

/// Stores with a `UserStore`.
public protocol HasUsers: Sendable {
    var users: any UserStore { get }
}

/// Selects users.
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

extension User: StoredResource {
    public var storeKey: UserID { id }
    public var sortKey: String { id.description }
    public var checkedVersion: Int64? { version }

    public static let uniqueKeys = [
        UniqueKey<User>("users_email_key", \.email.folded) { _ in
            Failure(.emailTaken, "Another user of this tenant has this e-mail address.")
        },
        UniqueKey<User>("users_username_key", \.username?.folded) { _ in
            Failure(.usernameTaken, "Another user of this tenant has this username.")
        },
        UniqueKey<User>("users_personal_email", isGlobal: true, \.personalEmail) { _ in .accountExists },
        UniqueKey<User>("users_personal_username", isGlobal: true, \.personalUsername) { _ in .accountExists },
    ]

    private var personalEmail: String? { isPersonal ? email.folded : nil }
    private var personalUsername: String? { isPersonal ? username?.folded : nil }
}
