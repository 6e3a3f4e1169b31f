internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /auth/sso/{connection_id}/login`
struct BeginSSOLoginEndpoint: Endpoint {
    static let operation = Operation(
        "beginSSOLogin", .get, "/auth/sso/\(.ssoConnection)/login", tag: "Identity",
        summary: "Start a single sign-on login",
        description: """
            Redirects the browser to the identity provider, with OpenID Connect's code flow, PKCE, `state` and `nonce`. A cookie binds the login to this browser for 10 minutes. Open it as a page, not from a script.
            """, access: .open, success: .found,
        failures: [.ssoConnectionNotFound, .identityProviderUnavailable])

    private let begin: BeginSSOLogin
    private let publicURL: String?

    init(_ useCases: SSOUseCases) {
        begin = useCases.beginLogin
        publicURL = useCases.publicURL
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        let connection = try request.path(.ssoConnection)
        let redirectURI = request.redirectURI(of: connection, under: publicURL)
        let output = try await begin.execute(
            BeginSSOLogin.Input(connection: connection, redirectURI: redirectURI), as: request.caller)
        return Answer(
            NoReply(), location: output.location, caching: .none,
            cookie: SSOCookie(for: redirectURI).field(output.binding))
    }
}
