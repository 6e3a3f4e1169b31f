internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /auth/api-keys`
struct ListAPIKeysEndpoint: Endpoint {
    static let operation = Operation(
        "listAPIKeys", .get, "/auth/api-keys", tag: "Identity", summary: "The tenant's API keys, oldest first",
        description: """
            All keys of the caller's tenant, page by page, without their secrets.
            """,
        access: .permission(ListAPIKeys.permission), query: Paging.parameters)

    private let keys: ListAPIKeys
    private let paging: Paging

    init(_ keys: ListAPIKeys, paging: Paging) {
        self.keys = keys
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<APIKeyReply>> {
        let list = "api-keys/\(try request.caller.requireTenant())"
        let wanted = try paging.request(request.query, of: list)
        let page = try await keys.execute(wanted, as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list, as: APIKeyReply.init(key:)))
    }
}
