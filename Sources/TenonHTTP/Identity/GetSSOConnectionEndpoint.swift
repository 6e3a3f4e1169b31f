internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /sso-connections/{connection_id}`
struct GetSSOConnectionEndpoint: Endpoint {
    static let operation = Operation(
        "getSSOConnection", .get, "/sso-connections/{connection_id}", tag: "Identity",
        summary: "One connection to an identity provider",
        description: """
            Answers 404 for a connection of another tenant as for one that does not exist.
            """,
        access: .permission(GetSSOConnection.permission), failures: [.ssoConnectionNotFound])

    private let get: GetSSOConnection

    init(_ get: GetSSOConnection) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<SSOConnectionReply> {
        let reply = SSOConnectionReply(
            connection: try await get.execute(try request.connectionID, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
