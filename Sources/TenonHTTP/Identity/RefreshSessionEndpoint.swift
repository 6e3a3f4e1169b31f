internal import TenonApplication
internal import TenonDomain

/// `POST /auth/refresh`
struct RefreshSessionEndpoint: Endpoint {
    static let operation = Operation(
        "refreshSession", .post, "/auth/refresh", tag: "Identity",
        summary: "Exchange a refresh token for the next one and a fresh access token", access: .open,
        failures: [.invalidRefreshToken])

    struct Body: RequestBody {
        let token: Secret

        init(from fields: inout FieldReader) {
            let long: Secret? = fields.optional("refresh_token")
            let short: Secret? = fields.optional("refresh")
            token = fields.derived(orPlaceholder: .example) { () throws(Failure) in
                guard let token = long ?? short else {
                    throw .invalid("missing", "refresh_token is required.", at: "/refresh_token")
                }
                return token
            }
        }
    }

    typealias Reply = TokenReply

    private let refresh: RefreshSession

    init(_ refresh: RefreshSession) {
        self.refresh = refresh
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<TokenReply> {
        let tokens = try await refresh.execute(RefreshSession.Input(token: request.body.token), as: request.caller)
        return Answer(TokenReply(tokens: tokens), isPrivate: true)
    }
}
