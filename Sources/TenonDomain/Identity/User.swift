/// A person with an account at one tenant, or at the platform itself.
public struct User: Sendable, Equatable, Identified {
    public static let idPrefix = "usr"

    public let id: UserID
    public let tenant: TenantID
    public private(set) var email: EmailAddress
    public private(set) var username: Username?
    public private(set) var fullName: DisplayName?
    public private(set) var passwordHash: PasswordHash
    public private(set) var roles: Set<Role>
    public private(set) var status: UserStatus
    public private(set) var version: Int64
    public let createdAt: Timestamp
    public private(set) var updatedAt: Timestamp

    /// From a store.
    public init(
        id: UserID, tenant: TenantID, email: EmailAddress, username: Username?, fullName: DisplayName?,
        passwordHash: PasswordHash, roles: Set<Role>, status: UserStatus, version: Int64, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.email = email
        self.username = username
        self.fullName = fullName
        self.passwordHash = passwordHash
        self.roles = roles
        self.status = status
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// A new account, active at once.
    public static func register(
        id: UserID, tenant: TenantID, email: EmailAddress, username: Username? = nil, fullName: DisplayName?,
        passwordHash: PasswordHash, roles: Set<Role>, at now: Timestamp
    ) -> (User, DomainEvent) {
        let user = User(
            id: id, tenant: tenant, email: email, username: username, fullName: fullName, passwordHash: passwordHash,
            roles: roles, status: .active, version: 1, createdAt: now, updatedAt: now)
        let event = DomainEvent(
            .userRegistered, on: .user(id),
            ["email": .string(email.text), "roles": .array(roles.map(\.rawValue).sorted().map { .string($0) })])
        return (user, event)
    }

    /// Suspended users keep their data and get no session.
    public var maySignIn: Bool { status == .active }

    /// The stored form of the same password, made again under today's policy. Not a change of the
    /// resource: neither version nor time move.
    public mutating func upgradeHash(to hash: PasswordHash) {
        passwordHash = hash
    }
}

public typealias UserID = Identifier<User>

public enum UserStatus: String, Sendable, CaseIterable {
    case active, suspended
}
