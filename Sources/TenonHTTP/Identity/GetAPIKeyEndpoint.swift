internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /auth/api-keys/{key_id}`
struct GetAPIKeyEndpoint: Endpoint {
    static let operation = Operation(
        "getAPIKey", .get, "/auth/api-keys/{key_id}", tag: "Identity", summary: "One API key",
        description: """
            Without its secret, which nobody can show again. When it was last used is exact to about a minute.
            """,
        access: .permission(GetAPIKey.permission), failures: [.apiKeyNotFound])

    private let get: GetAPIKey

    init(_ get: GetAPIKey) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<APIKeyReply> {
        let reply = APIKeyReply(key: try await get.execute(try request.apiKeyID, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}

extension EndpointRequest {
    /// The captured `{key_id}`.
    var apiKeyID: APIKeyID {
        get throws(Failure) { try path("key_id", orFail: .apiKeyNotFound) { APIKeyID($0) } }
    }
}
