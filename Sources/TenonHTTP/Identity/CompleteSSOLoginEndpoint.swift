internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /auth/sso/{connection_id}/callback`
struct CompleteSSOLoginEndpoint: Endpoint {
    static let operation = Operation(
        "completeSSOLogin", .get, "/auth/sso/\(.ssoConnection)/callback", tag: "Identity",
        summary: "Complete a single sign-on login",
        description: """
            The identity provider redirects the browser here. Checks the ID token, finds or creates the user, maps roles, and starts a session. A `state` is valid once, in the browser it was issued to. Ignores parameters that OpenID Connect does not define.
            """, access: .open,
        query: [
            QueryParameter("state", "The state from the start of the login.", schema: ["type": "string"]),
            QueryParameter("code", "The authorization code, exchanged for an ID token.", schema: ["type": "string"]),
            QueryParameter("iss", "The provider's issuer (RFC 9207).", schema: ["type": "string"]),
            QueryParameter("error", "The provider's reason for a refusal (RFC 6749).", schema: ["type": "string"]),
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
        let connection = try request.path(.ssoConnection)
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
