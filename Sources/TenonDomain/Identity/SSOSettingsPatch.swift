public import TenonKit

/// The changed settings of a connection; the others stay, or have the preset's defaults. The issuer never changes,
/// because another issuer's subjects are other people.
public struct SSOSettingsPatch: Sendable {
    public let clientID: OAuthClientID?
    public let scopes: OAuthScopes?
    public let domains: [EmailDomain]?
    public let emailClaim: ClaimPath?
    public let emailVerifiedClaim: ClaimPath?
    public let nameClaim: ClaimPath?
    public let rolesClaim: ClaimPath?
    public let roleMapping: [String: Role]?
    public let defaultRoles: Set<Role>?
    public let createsUsers: Bool?
    public let status: SSOConnectionStatus?

    public init(
        clientID: OAuthClientID? = nil, scopes: OAuthScopes? = nil,
        domains: [EmailDomain]? = nil, emailClaim: ClaimPath? = nil, emailVerifiedClaim: ClaimPath? = nil,
        nameClaim: ClaimPath? = nil, rolesClaim: ClaimPath? = nil, roleMapping: [String: Role]? = nil,
        defaultRoles: Set<Role>? = nil, createsUsers: Bool? = nil, status: SSOConnectionStatus? = nil
    ) {
        self.clientID = clientID
        self.scopes = scopes
        self.domains = domains
        self.emailClaim = emailClaim
        self.emailVerifiedClaim = emailVerifiedClaim
        self.nameClaim = nameClaim
        self.rolesClaim = rolesClaim
        self.roleMapping = roleMapping
        self.defaultRoles = defaultRoles
        self.createsUsers = createsUsers
        self.status = status
    }

    /// Applied to existing settings.
    public func applied(to old: SSOSettings) throws(Violation) -> SSOSettings {
        try SSOSettings(
            issuer: old.issuer, clientID: clientID ?? old.clientID, scopes: scopes ?? old.scopes,
            domains: domains ?? old.domains, claims: claims(over: old.claims),
            roleMapping: roleMapping ?? old.roleMapping, defaultRoles: defaultRoles ?? old.defaultRoles,
            createsUsers: createsUsers ?? old.createsUsers, status: status ?? old.status)
    }

    /// For a new connection. By default new users can only read.
    public func settings(by preset: SSOPreset, issuer: IssuerURL?) throws(Violation) -> SSOSettings {
        func given<Value>(_ value: Value?, _ name: String, _ code: String = "missing") throws(Violation) -> Value {
            guard let value else {
                throw Violation(pointer: "/\(name)", code: code, detail: "\(name) is required.")
            }
            return value
        }
        return try SSOSettings(
            issuer: try given(issuer, "issuer", "issuer_required"),
            clientID: try given(clientID, "client_id"),
            scopes: scopes ?? preset.scopes, domains: try given(domains, "domains"),
            claims: claims(over: preset.claims),
            roleMapping: roleMapping ?? [:], defaultRoles: defaultRoles ?? [.viewer],
            createsUsers: createsUsers ?? true, status: status ?? .active)
    }

    private func claims(over old: SSOClaims) -> SSOClaims {
        SSOClaims(
            email: emailClaim ?? old.email, emailVerified: emailVerifiedClaim ?? old.emailVerified,
            name: nameClaim ?? old.name, roles: rolesClaim ?? old.roles)
    }
}
