internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /policies/explain`
struct ExplainAccessEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "explainAccess", .post, "/policies/explain", tag: "Access", summary: "Why a subject may do something, or not",
        description: """
            As `/policies/check`, and tells every rule that matches and the one that decided. `source` is where a rule
            stands: `built_in`, a role, or a policy's id.
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
    ) async throws(Failure) -> Answer<AccessExplanationReply> {
        Answer(
            AccessExplanationReply(output: try await explain.execute(request.body.question, as: request.caller)),
            caching: .none)
    }
}
