internal import TenonApplication
internal import TenonDomain

/// `GET /auth/sso/{connection_id}/login`
struct BeginSSOLoginEndpoint: Endpoint {
    static let operation = Operation(
        "beginSSOLogin", .get, "/auth/sso/{connection_id}/login", tag: "Identity",
        summary: "Send the browser to an identity provider",
        description: """
            The way into OpenID Connect's code flow, with PKCE, `state` and `nonce`. A cookie binds the login to this browser for 10 minutes. Open it as a page, not as a call of a script.
            """, access: .open, success: .found,
        failures: [.ssoConnectionNotFound, .identityProviderUnavailable])

    private let begin: BeginSSOLogin
    private let publicURL: String?

    init(_ useCases: SSOUseCases) {
        begin = useCases.beginLogin
        publicURL = useCases.publicURL
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        let connection = try request.connectionID
        let redirectURI = request.redirectURI(of: connection, under: publicURL)
        let output = try await begin.execute(
            BeginSSOLogin.Input(connection: connection, redirectURI: redirectURI), as: request.caller)
        return Answer(
            NoReply(), location: output.location, caching: .none,
            cookie: SSOCookie(for: redirectURI).field(output.binding))
    }
}

/// `GET /auth/sso/{connection_id}/callback`
struct CompleteSSOLoginEndpoint: Endpoint {
    static let operation = Operation(
        "completeSSOLogin", .get, "/auth/sso/{connection_id}/callback", tag: "Identity",
        summary: "Come back from an identity provider",
        description: """
            The identity provider sends the browser here. The ID token is checked, the user made or found, roles mapped, and a session begun. A `state` is good once, in the browser that it was given to. Parameters that OpenID Connect does not name are passed over.
            """, access: .open,
        query: [
            QueryParameter("state", "What the login began with.", schema: ["type": "string"]),
            QueryParameter("code", "What an ID token is exchanged for.", schema: ["type": "string"]),
            QueryParameter("iss", "The provider's issuer (RFC 9207).", schema: ["type": "string"]),
            QueryParameter("error", "Why the provider refuses (RFC 6749).", schema: ["type": "string"]),
        ],
        failures: [
            .ssoConnectionNotFound, .ssoStateMismatch, .ssoRefused, .ssoAccountRefused, .ssoAccountExists,
            .accountSuspended, .tenantSuspended, .identityProviderUnavailable,
        ],
        ignoresOtherParameters: true)

    private let complete: CompleteSSOLogin
    private let publicURL: String?

    init(_ useCases: SSOUseCases) {
        complete = useCases.completeLogin
        publicURL = useCases.publicURL
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<TokenReply> {
        let connection = try request.connectionID
        let redirectURI = request.redirectURI(of: connection, under: publicURL)
        let cookie = SSOCookie(for: redirectURI)
        let answer = request.query.text("code").map {
            AuthorizationAnswer(code: Secret($0.utf8), issuer: request.query.text("iss"))
        }
        let tokens = try await complete.execute(
            CompleteSSOLogin.Input(
                connection: connection, redirectURI: redirectURI, state: request.query.text("state") ?? "",
                binding: request.cookie(cookie.name), answer: answer, error: request.query.text("error")),
            as: request.caller)
        return Answer(TokenReply(tokens: tokens), caching: .none, cookie: cookie.removal)
    }
}

/// What binds a login to a browser. Over https its name says that no other host and no plain page has set it (RFC 6265bis
/// §4.1.3.2).
struct SSOCookie {
    let name: String
    private let attributes: String

    init(for redirectURI: String) {
        let isSecure = redirectURI.utf8.starts(with: "https:".utf8)
        name = isSecure ? "__Host-tenon_sso" : "tenon_sso"
        // `Lax`: the way back from the provider begins at another site.
        attributes = "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }

    func field(_ value: String) -> String {
        "\(name)=\(value)\(attributes); Max-Age=\(SSOLogins.lifetime.components.seconds)"
    }

    var removal: String { "\(name)=\(attributes); Max-Age=0" }
}

extension EndpointRequest {
    /// Where the provider sends the browser: under the address that the operator has set, or the one that this request
    /// came to. Both requests of a login must yield the same.
    fileprivate func redirectURI(of connection: SSOConnectionID, under publicURL: String?) -> String {
        let host = client.host.flatMap { HostField($0) }?.authority ?? "localhost"
        return (publicURL ?? "\(client.isSecure ? "https" : "http")://\(host)") + SSOPaths.callback(of: connection)
    }
}
