internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `PATCH /policies/{policy_id}`
struct UpdatePolicyEndpoint: Endpoint {
    static let operation = Operation(
        "updatePolicy", .patch, "/policies/{policy_id}", tag: "Access", summary: "Change a policy",
        description: """
            A merge patch (RFC 7396). What cannot be read is refused with its line and column, and what stood stays in
            force. `If-Match` is honoured.
            """,
        access: .permission(UpdatePolicy.permission),
        failures: [.policyNotFound, .policyNameTaken, .policyInterference, .preconditionFailed], isHeavy: true)

    struct Body: RequestBody {
        let patch: PolicyPatch

        static var exampleMembers: Set<String> { ["rules"] }

        init(from fields: inout FieldReader) {
            patch = PolicyPatch(
                name: fields.optional("name"), description: fields.patched("description"),
                rules: fields.optional("rules"), model: fields.patched("model"), status: fields.optional("status"))
        }
    }

    private let update: UpdatePolicy

    init(_ update: UpdatePolicy) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<PolicyReply> {
        let reply = PolicyReply(
            policy: try await update.execute(
                UpdatePolicy.Input(id: try request.policyID, request.body.patch, if: request.precondition),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
