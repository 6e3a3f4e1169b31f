public import TenonKit

/// Tenon as an identity provider knows it.
public struct OpenIDClient: Sendable {
    /// Whose connection it is. What a process can do at one time is shared out among tenants.
    public let tenant: TenantID
    public let issuer: IssuerURL
    public let clientID: OAuthClientID
    /// Nil for a public client, which PKCE alone protects.
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

/// What the browser brings back from the provider.
public struct AuthorizationAnswer: Sendable, Equatable {
    public let code: Secret
    /// Who says that it answers (RFC 9207).
    public let issuer: String?

    public init(code: Secret, issuer: String?) {
        self.code = code
        self.issuer = issuer
    }
}

/// What an ID token says, once all of its checks have passed.
public struct ProviderIdentity: Sendable, Equatable {
    /// 1 to 255 printable ASCII characters; the issuer gives it to one person alone and never again.
    public let subject: String
    /// Every claim, the standard ones included.
    public let claims: JSONObject

    public init(subject: String, claims: JSONObject) {
        self.subject = subject
        self.claims = claims
    }
}

/// OpenID providers: the authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9700).
///
/// Obligations: every call to a provider is bounded in time and bytes; a provider that is gone, slow or makes no sense
/// fails with `identityProviderUnavailable`; a code or a token that it does not stand by fails with `ssoRefused`.
public protocol IdentityProvider: Sendable {
    /// Where the browser is to go for the login.
    func authorizationURL(for login: SSOLogin, of client: OpenIDClient) async throws(Failure) -> String

    /// Exchanges the code for an ID token and checks all of it.
    func identify(
        _ answer: AuthorizationAnswer, to login: SSOLogin, of client: OpenIDClient
    ) async throws(Failure) -> ProviderIdentity
}
