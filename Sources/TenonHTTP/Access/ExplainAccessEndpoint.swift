internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /policies/explain`
struct ExplainAccessEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "explainAccess", .post, "/policies/explain", tag: "Access",
        summary: "Explain why a subject may do something, or not",
        description: """
            Like `/policies/check`, and also returns every matching rule and the deciding one. `source` is the origin of a
            rule: `built_in`, a role, or a policy's id.
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
