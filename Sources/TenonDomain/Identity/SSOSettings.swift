public import TenonKit

/// A connection's settings for its provider and its users.
public struct SSOSettings: Sendable, Equatable {
    public static let maxDomains = 50
    public static let maxMappings = 100

    public let issuer: IssuerURL
    public let clientID: OAuthClientID
    public let scopes: OAuthScopes
    /// The tenant's e-mail domains: only users with these can be linked or created.
    public let domains: [EmailDomain]
    public let claims: SSOClaims
    /// Maps the provider's role values to roles. If it is empty, the provider does not determine roles.
    public let roleMapping: [String: Role]
    /// The roles of users without a mapped role.
    public let defaultRoles: Set<Role>
    /// Whether the first login of a person without an account creates one.
    public let createsUsers: Bool
    public let status: SSOConnectionStatus

    /// The violations point from the settings' own object.
    public init(
        issuer: IssuerURL, clientID: OAuthClientID, scopes: OAuthScopes, domains: [EmailDomain], claims: SSOClaims,
        roleMapping: [String: Role], defaultRoles: Set<Role>, createsUsers: Bool, status: SSOConnectionStatus
    ) throws(Violation) {
        guard (1...Self.maxDomains).contains(domains.count), Set(domains).count == domains.count else {
            throw Violation(
                pointer: "/domains", code: "invalid_domains", detail: "must be 1 to 50 different domains")
        }
        let areValues = roleMapping.keys.allSatisfy { (1...256).contains($0.unicodeScalars.count) }
        guard roleMapping.count <= Self.maxMappings, areValues else {
            throw Violation(
                pointer: "/role_mapping", code: "invalid_role_mapping",
                detail: "must map at most 100 values of 1 to 256 characters")
        }
        for (pointer, roles) in [("/role_mapping", Set(roleMapping.values)), ("/default_roles", defaultRoles)]
        where roles.contains(.platformAdministrator) {
            throw Violation(
                pointer: pointer, code: "role_not_assignable",
                detail: "must not contain platform_administrator: only the operator can create platform administrators")
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

/// The locations of claims.
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

/// The person who signed in at the provider, in a connection's terms.
public struct SSOProfile: Sendable, Equatable {
    /// The maximum number of role values that are read.
    static let maxRoles = 500

    public let subject: String
    public let email: EmailAddress?
    /// Whether the provider confirms the address: exactly `true`.
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
    /// Whether the provider confirms an address in the tenant's domains.
    public func vouches(for profile: SSOProfile) -> Bool {
        guard let email = profile.email, profile.isEmailVerified else { return false }
        return domains.contains(EmailDomain(of: email))
    }

    /// Whether the provider can determine owners. Only owners can configure it, and owners cannot sign in over other
    /// connections. Otherwise a user with their own provider could become any of them.
    public var reachesOwners: Bool { reachedRoles.contains(.owner) }

    /// Every role that a user can get through it. Without a mapping users keep their roles, at most an admin's: owners
    /// can sign in only if the role is named.
    public var reachedRoles: Set<Role> {
        defaultRoles.union(roleMapping.isEmpty ? [.admin] : Set(roleMapping.values))
    }

    /// The roles for the provider's values, or the default ones if there are none.
    public func roles(for profile: SSOProfile) -> Set<Role> {
        let mapped = roleMapping.filter { value, _ in profile.roles.contains { sameBytes($0, value) } }
        return mapped.isEmpty ? defaultRoles : Set(mapped.values)
    }
}

extension SSOPreset {
    /// The default locations of claims.
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

    /// The default scopes. Logto returns roles only if they are requested.
    public var scopes: OAuthScopes {
        do {
            return try OAuthScopes(["openid", "email", "profile"] + (self == .logto ? ["roles"] : []))
        } catch {
            preconditionFailure("The scopes of \(rawValue) are refused")
        }
    }
}
