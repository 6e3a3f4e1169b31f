internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /policies/{policy_id}`
struct DeletePolicyEndpoint: Endpoint {
    static let operation = Operation(
        "deletePolicy", .delete, "/policies/{policy_id}", tag: "Access", summary: "Take a policy away",
        description: """
            Its rules are out of force at once, and everywhere within a second. `If-Match` is honoured.
            """,
        access: .permission(DeletePolicy.permission), success: .noContent,
        failures: [.policyNotFound, .policyInterference, .preconditionFailed], isHeavy: true)

    private let delete: DeletePolicy

    init(_ delete: DeletePolicy) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await delete.execute(
            DeletePolicy.Input(id: try request.policyID, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}
