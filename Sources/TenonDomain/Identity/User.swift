public import TenonKit

/// A person with an account at one tenant, or at the platform itself.
public struct User: Sendable, Equatable, Identified, Protected {
    public static let idPrefix = "usr"

    public let id: UserID
    public let tenant: TenantID
    public private(set) var email: EmailAddress
    public private(set) var username: Username?
    public private(set) var name: PersonName
    /// Nil for a user who signs in elsewhere, or has not chosen a password yet.
    public private(set) var passwordHash: PasswordHash?
    public private(set) var roles: Set<Role>
    public private(set) var status: UserStatus
    /// Registered without naming a tenant. No two such accounts, of any tenants, have the same e-mail address or
    /// username.
    public let isPersonal: Bool
    public private(set) var version: Int64
    public let createdAt: Timestamp
    public private(set) var updatedAt: Timestamp

    /// From a store.
    public init(
        id: UserID, tenant: TenantID, email: EmailAddress, username: Username?, name: PersonName,
        passwordHash: PasswordHash?, roles: Set<Role>, status: UserStatus, isPersonal: Bool = false, version: Int64,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.email = email
        self.username = username
        self.name = name
        self.passwordHash = passwordHash
        self.roles = roles
        self.status = status
        self.isPersonal = isPersonal
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// A new account, active at once.
    public static func register(
        id: UserID, tenant: TenantID, email: EmailAddress, username: Username? = nil,
        name: PersonName = PersonName(), passwordHash: PasswordHash?, roles: Set<Role>, isPersonal: Bool = false,
        at now: Timestamp
    ) -> (User, DomainEvent) {
        let user = User(
            id: id, tenant: tenant, email: email, username: username, name: name, passwordHash: passwordHash,
            roles: roles, status: .active, isPersonal: isPersonal, version: 1, createdAt: now, updatedAt: now)
        let event = DomainEvent(
            .userRegistered, on: .user(id),
            ["email": .string(email.text), "roles": .array(roles.map(\.name).sorted().map { .string($0) })],
            change: ResourceChange(after: user.members))
        return (user, event)
    }

    public var owner: TenantID { tenant }
    public var reference: ResourceReference { .user(id) }

    /// Suspended users keep their data but cannot sign in.
    public var maySignIn: Bool { status == .active }

    /// The user with the patch applied; nil if nothing changes.
    public func changed(by patch: UserPatch, at now: Timestamp) -> (User, DomainEvent)? {
        var user = self
        user.email = patch.email ?? email
        user.username = patch.username.applied(to: username)
        user.name = name.changed(by: patch.name)
        user.roles = patch.roles ?? roles
        user.status = patch.status ?? status
        guard user != self else { return nil }
        user.version += 1
        user.updatedAt = now
        let change = ResourceChange(before: members, after: user.members)
        return (user, DomainEvent(.userChanged, on: .user(id), change.after, change: change))
    }

    /// With another password, or without one. `actor` is the user who proved their identity with it.
    public func changed(
        passwordHash: PasswordHash?, by actor: UserID? = nil, at now: Timestamp
    ) -> (User, DomainEvent) {
        var user = self
        user.passwordHash = passwordHash
        user.version += 1
        user.updatedAt = now
        return (user, DomainEvent(.passwordChanged, on: .user(id), by: actor))
    }

    /// With a version that no access token has, so that all existing tokens can be refused.
    public func signedOut(at now: Timestamp) -> User {
        var user = self
        user.version += 1
        user.updatedAt = now
        return user
    }

    /// The event of deleting it.
    public var removal: DomainEvent {
        DomainEvent(
            .userRemoved, on: .user(id), ["email": .string(email.text)], change: ResourceChange(before: members))
    }

    /// Whether existing tokens no longer reflect the user's permissions.
    public func mayDoOther(than old: User) -> Bool {
        roles != old.roles || status != old.status
    }

    /// Whether it counts as an active owner of the tenant, or as an active administrator of the platform.
    public var isActiveOwner: Bool {
        status == .active && (roles.contains(.owner) || roles.contains(.platformAdministrator))
    }

    /// All members that can change, except the password.
    private var members: [String: JSONValue] {
        [
            "email": .string(email.text), "username": username.map { .string($0.text) } ?? .null,
            "full_name": name.full.map { .string($0.text) } ?? .null,
            "first_name": name.first.map { .string($0.text) } ?? .null,
            "last_name": name.last.map { .string($0.text) } ?? .null,
            "roles": .array(roles.map(\.name).sorted().map { .string($0) }), "status": .string(status.rawValue),
        ]
    }

    /// Words that someone who knows the user would try as a password.
    public var ownNames: [String] { Self.ownNames(email, username, name) }

    /// The same for a future user.
    public static func ownNames(
        _ email: EmailAddress, _ username: Username?, _ name: PersonName
    ) -> [String] {
        [
            email.text, String(email.localPart), username?.text, name.full?.text, name.first?.text, name.last?.text,
        ].compactMap(\.self)
    }

    /// Refuses a username that is another person's e-mail address, because its owner could be mistaken for the user.
    public static func check(_ username: Username?, of email: EmailAddress) throws(Failure) {
        guard let username, !username.isOwn(of: email) else { return }
        throw .invalid(
            "foreign_address",
            "must not be another e-mail address, got \(username.text). Use the user's own address, or a name "
                + "that is not an address.", at: "/username")
    }

    /// The same for a change, unless it was so before.
    public func checkUsername(after old: User) throws(Failure) {
        if old.username?.isOwn(of: old.email) ?? true { try Self.check(username, of: email) }
    }

    /// The hash of the same password with the current policy. Not a change of the resource: neither version nor time
    /// change.
    public mutating func upgradeHash(to hash: PasswordHash) {
        passwordHash = hash
    }
}

public typealias UserID = Identifier<User>

/// A person's name.
public struct PersonName: Sendable, Equatable {
    public let full: DisplayName?
    public let first: DisplayName?
    public let last: DisplayName?

    public init(full: DisplayName? = nil, first: DisplayName? = nil, last: DisplayName? = nil) {
        self.full = full
        self.first = first
        self.last = last
    }

    fileprivate func changed(by patch: Patch) -> PersonName {
        PersonName(
            full: patch.full.applied(to: full), first: patch.first.applied(to: first),
            last: patch.last.applied(to: last))
    }

    public struct Patch: Sendable {
        public let full: PatchMember<DisplayName>
        public let first: PatchMember<DisplayName>
        public let last: PatchMember<DisplayName>

        public init(
            full: PatchMember<DisplayName> = .absent, first: PatchMember<DisplayName> = .absent,
            last: PatchMember<DisplayName> = .absent
        ) {
            self.full = full
            self.first = first
            self.last = last
        }
    }
}

/// The changes to a user.
public struct UserPatch: Sendable {
    public let email: EmailAddress?
    public let username: PatchMember<Username>
    public let name: PersonName.Patch
    public let roles: Set<Role>?
    public let status: UserStatus?

    public init(
        email: EmailAddress? = nil, username: PatchMember<Username> = .absent,
        name: PersonName.Patch = PersonName.Patch(), roles: Set<Role>? = nil, status: UserStatus? = nil
    ) {
        self.email = email
        self.username = username
        self.name = name
        self.roles = roles
        self.status = status
    }
}

public enum UserStatus: String, Sendable, CaseIterable {
    case active, suspended
}
