internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /auth/api-keys/{key_id}`
struct RevokeAPIKeyEndpoint: Endpoint {
    static let operation = Operation(
        "revokeAPIKey", .delete, "/auth/api-keys/{key_id}", tag: "Identity",
        summary: "Take an API key away for good",
        description: """
            No process takes the key a second later. What it did stays in the audit log. `If-Match` is honoured.
            """,
        access: .permission(RevokeAPIKey.permission), success: .noContent,
        failures: [.apiKeyNotFound, .preconditionFailed])

    private let revoke: RevokeAPIKey

    init(_ revoke: RevokeAPIKey) {
        self.revoke = revoke
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await revoke.execute(
            RevokeAPIKey.Input(id: try request.apiKeyID, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}
