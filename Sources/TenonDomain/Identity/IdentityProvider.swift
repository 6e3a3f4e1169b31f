public import TenonKit

/// Tenon's registration at an identity provider.
public struct OpenIDClient: Sendable {
    /// The tenant of the connection. Tenants share the process's capacity for provider calls.
    public let tenant: TenantID
    public let issuer: IssuerURL
    public let clientID: OAuthClientID
    /// Nil for a public client, which only PKCE protects.
    public let secret: Secret?
    public let scopes: OAuthScopes

    public init(
        tenant: TenantID, issuer: IssuerURL, clientID: OAuthClientID, secret: Secret?, scopes: OAuthScopes
    ) {
        self.tenant = tenant
        self.issuer = issuer
        self.clientID = clientID
        self.secret = secret
        self.scopes = scopes
    }
}

/// The parameters that the browser brings back from the provider.
public struct AuthorizationAnswer: Sendable, Equatable {
    public let code: Secret
    /// The issuer of the response (RFC 9207).
    public let issuer: String?

    public init(code: Secret, issuer: String?) {
        self.code = code
        self.issuer = issuer
    }
}

/// The identity in an ID token that passed all checks.
public struct ProviderIdentity: Sendable, Equatable {
    /// 1 to 255 printable ASCII characters; the issuer assigns it to one person and never reassigns it.
    public let subject: String
    /// Every claim, including the standard ones.
    public let claims: JSONObject

    public init(subject: String, claims: JSONObject) {
        self.subject = subject
        self.claims = claims
    }
}

/// OpenID providers: the authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9700).
///
/// Requirements: every call to a provider is limited in time and bytes; an unreachable, slow or invalid provider fails
/// with `identityProviderUnavailable`; a code or token that it does not confirm fails with `ssoRefused`.
public protocol IdentityProvider: Sendable {
    /// The address for the browser's login.
    func authorizationURL(for login: SSOLogin, of client: OpenIDClient) async throws(Failure) -> String

    /// Exchanges the code for an ID token and validates it completely.
    func identify(
        _ answer: AuthorizationAnswer, to login: SSOLogin, of client: OpenIDClient
    ) async throws(Failure) -> ProviderIdentity
}
