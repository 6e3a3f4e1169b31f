internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /policies/check`
struct CheckAccessEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "checkAccess", .post, "/policies/check", tag: "Access", summary: "Whether a subject may do something",
        description: """
            Decides what Tenon would decide for `subject` and `permission`, on a resource with the attributes of
            `resource` (`kind`, `name`, `namespace_id`, `key`, …): of an API key within its scopes, of a suspended user or
            a disabled key nothing. Or asks a policy with a `model` of its own by
            `policy_id` and `values`. Changes nothing.
            """,
        access: .permission(ExplainAccess.permission), failures: [.userNotFound, .apiKeyNotFound, .policyNotFound],
        takesIdempotencyKey: true, isHeavy: true)

    private let explain: ExplainAccess

    init(_ explain: ExplainAccess) {
        self.explain = explain
    }

    func joining(_ transaction: OpenTransaction) -> Self { self }

    func handle(
        _ request: EndpointRequest<AccessQuestionBody>
    ) async throws(Failure) -> Answer<AccessDecisionReply> {
        Answer(
            AccessDecisionReply(output: try await explain.execute(request.body.question, as: request.caller)),
            caching: .none)
    }
}
