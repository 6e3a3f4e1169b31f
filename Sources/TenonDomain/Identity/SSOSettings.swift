public import TenonKit

/// What a connection says of its provider, and of those who come from there.
public struct SSOSettings: Sendable, Equatable {
    public static let maxDomains = 50
    public static let maxMappings = 100

    public let issuer: IssuerURL
    public let clientID: OAuthClientID
    public let scopes: OAuthScopes
    /// The domains of e-mail addresses that the tenant claims: only theirs are linked to users, and become users.
    public let domains: [EmailDomain]
    public let claims: SSOClaims
    /// From a value among the roles that the provider says to the role that it stands for here. While there is none, the
    /// provider has no say in roles.
    public let roleMapping: [String: Role]
    /// Of whoever has none by the mapping.
    public let defaultRoles: Set<Role>
    /// Whether somebody without an account gets one at the first login.
    public let createsUsers: Bool
    public let status: SSOConnectionStatus

    /// The violations point from the settings' own object.
    public init(
        issuer: IssuerURL, clientID: OAuthClientID, scopes: OAuthScopes, domains: [EmailDomain], claims: SSOClaims,
        roleMapping: [String: Role], defaultRoles: Set<Role>, createsUsers: Bool, status: SSOConnectionStatus
    ) throws(Violation) {
        guard (1...Self.maxDomains).contains(domains.count), Set(domains).count == domains.count else {
            throw Violation(
                pointer: "/domains", code: "invalid_domains", detail: "A connection has 1 to 50 different domains.")
        }
        let areValues = roleMapping.keys.allSatisfy { (1...256).contains($0.unicodeScalars.count) }
        guard roleMapping.count <= Self.maxMappings, areValues else {
            throw Violation(
                pointer: "/role_mapping", code: "invalid_role_mapping",
                detail: "At most 100 values of 1 to 256 characters stand for roles.")
        }
        for (pointer, roles) in [("/role_mapping", Set(roleMapping.values)), ("/default_roles", defaultRoles)]
        where roles.contains(.platformAdministrator) {
            throw Violation(
                pointer: pointer, code: "role_not_assignable",
                detail: "Only the operator makes platform administrators.")
        }
        self.issuer = issuer
        self.clientID = clientID
        self.scopes = scopes
        self.domains = domains
        self.claims = claims
        self.roleMapping = roleMapping
        self.defaultRoles = defaultRoles
        self.createsUsers = createsUsers
        self.status = status
    }
}

/// Where the provider says what.
public struct SSOClaims: Sendable, Equatable {
    public let email: ClaimPath
    public let emailVerified: ClaimPath
    public let name: ClaimPath
    public let roles: ClaimPath

    public init(email: ClaimPath, emailVerified: ClaimPath, name: ClaimPath, roles: ClaimPath) {
        self.email = email
        self.emailVerified = emailVerified
        self.name = name
        self.roles = roles
    }
}

/// Who signed in at the provider, in the terms of a connection.
public struct SSOProfile: Sendable, Equatable {
    /// Most values of roles that are looked at.
    static let maxRoles = 500

    public let subject: String
    public let email: EmailAddress?
    /// Whether the provider says that the address is the person's: `true` and nothing like it.
    public let isEmailVerified: Bool
    public let name: DisplayName?
    public let roles: Set<String>

    public init(_ identity: ProviderIdentity, by claims: SSOClaims) {
        func text(_ path: ClaimPath) -> String? { path.value(in: identity.claims)?.stringValue }
        subject = identity.subject
        email = text(claims.email).flatMap { try? EmailAddress($0) }
        isEmailVerified = claims.emailVerified.value(in: identity.claims)?.boolValue == true
        name = text(claims.name).flatMap { try? DisplayName($0) }
        switch claims.roles.value(in: identity.claims) {
        case .string(let role): roles = [role]
        case .array(let values): roles = Set(values.prefix(Self.maxRoles).compactMap(\.stringValue))
        default: roles = []
        }
    }
}

extension SSOSettings {
    /// Whether the provider vouches for an address that the tenant claims.
    public func vouches(for profile: SSOProfile) -> Bool {
        guard let email = profile.email, profile.isEmailVerified else { return false }
        return domains.contains(EmailDomain(of: email))
    }

    /// Whether the provider may say who is an owner. Only owners make it so, and owners come in over no other connection:
    /// else whoever may connect a provider of their own could become any of them.
    public var reachesOwners: Bool { reachedRoles.contains(.owner) }

    /// Every role that somebody can come to by it. Without a mapping whoever is there keeps the roles that they have, which
    /// are an admin's at most: owners come in only where they are named.
    public var reachedRoles: Set<Role> {
        defaultRoles.union(roleMapping.isEmpty ? [.admin] : Set(roleMapping.values))
    }

    /// The roles that the provider's values stand for, or the default ones where there are none.
    public func roles(for profile: SSOProfile) -> Set<Role> {
        let mapped = roleMapping.filter { value, _ in profile.roles.contains { sameBytes($0, value) } }
        return mapped.isEmpty ? defaultRoles : Set(mapped.values)
    }
}

extension SSOPreset {
    /// Where the provider says what, unless the connection says otherwise.
    public var claims: SSOClaims {
        func path(_ text: String) -> ClaimPath {
            do {
                return try ClaimPath(text)
            } catch {
                preconditionFailure("The path \(text) is refused")
            }
        }
        let roles =
            switch self {
            case .generic: "/groups"
            case .logto: "/roles"
            case .keycloak: "/realm_access/roles"
            }
        return SSOClaims(
            email: path("/email"), emailVerified: path("/email_verified"), name: path("/name"), roles: path(roles))
    }

    /// What the provider is asked for, unless the connection says otherwise. Logto tells roles only where it is asked
    /// for them.
    public var scopes: OAuthScopes {
        do {
            return try OAuthScopes(["openid", "email", "profile"] + (self == .logto ? ["roles"] : []))
        } catch {
            preconditionFailure("The scopes of \(rawValue) are refused")
        }
    }
}
