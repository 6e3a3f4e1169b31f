internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /policies/check`
struct CheckAccessEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "checkAccess", .post, "/policies/check", tag: "Access", summary: "Check whether a subject may do something",
        description: """
            Decides like Tenon itself for `subject` and `permission`, on a resource with the attributes in
            `resource` (`kind`, `name`, `namespace_id`, `key`, …). An API key is limited to its scopes; a suspended user and
            a disabled key have no permissions. With `policy_id` and `values`, evaluates a policy with its own `model` instead.
            Changes nothing.
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
