internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /auth/refresh`
struct RefreshSessionEndpoint: Endpoint {
    static let operation = Operation(
        "refreshSession", .post, "/auth/refresh", tag: "Identity",
        summary: "Exchange a refresh token for new tokens",
        description: """
            Every refresh token can be used once. For 10 seconds the previous one returns the current one again, in case a response was lost; any other used token ends the session.
            """, access: .open,
        failures: [.invalidRefreshToken])

    struct Body: RequestBody {
        let token: Secret

        static var exampleMembers: Set<String> { ["refresh_token"] }

        static var relations: JSONObject {
            .anyOf(
                ["properties": ["refresh_token": ["type": "string"]], "required": ["refresh_token"]],
                ["properties": ["refresh": ["type": "string"]], "required": ["refresh"]])
        }

        init(from fields: inout FieldReader) {
            let long: Secret? = fields.optional("refresh_token")
            let short: Secret? = fields.optional("refresh")
            token = fields.derived(orPlaceholder: .example) { () throws(Failure) in
                guard let token = long ?? short else {
                    throw .invalid("missing", "required", at: "/refresh_token")
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
        return Answer(TokenReply(tokens: tokens), caching: .none)
    }
}

/// `POST /api/auth/refresh`, which responds in the format of seed 002.
struct RefreshForPairEndpoint: Endpoint {
    static let operation = Operation(
        "refreshForPair", .post, "/auth/refresh", mount: .unversioned, tag: "Identity",
        summary: "Exchange a refresh token, returned as `access` and `refresh`",
        description: """
            The same as `POST /api/v1/auth/refresh` with other names in the response.
            """, access: .open, failures: RefreshSessionEndpoint.operation.failures)

    typealias Body = RefreshSessionEndpoint.Body
    typealias Reply = TokenPairReply

    private let refresh: RefreshSession

    init(_ refresh: RefreshSession) {
        self.refresh = refresh
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<TokenPairReply> {
        let tokens = try await refresh.execute(RefreshSession.Input(token: request.body.token), as: request.caller)
        return Answer(TokenPairReply(tokens: tokens), caching: .none)
    }
}
