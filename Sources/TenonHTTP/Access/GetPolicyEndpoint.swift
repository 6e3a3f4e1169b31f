internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /policies/{policy_id}`
struct GetPolicyEndpoint: Endpoint {
    static let operation = Operation(
        "getPolicy", .get, "/policies/{policy_id}", tag: "Access", summary: "One policy",
        description: """
            With its rules and its model.
            """,
        access: .permission(GetPolicy.permission), failures: [.policyNotFound])

    private let get: GetPolicy

    init(_ get: GetPolicy) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PolicyReply> {
        let reply = PolicyReply(policy: try await get.execute(try request.policyID, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
