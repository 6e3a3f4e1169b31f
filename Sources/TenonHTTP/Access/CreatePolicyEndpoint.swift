internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /policies`
struct CreatePolicyEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "createPolicy", .post, "/policies", tag: "Access", summary: "Make a policy",
        description: """
            Rules in Casbin's language, such as `p, role:support, configs, read, allow`. Without a `model` of its own the
            policy is over the standard model, and in force at once and everywhere within a second unless its status is
            `disabled`. What cannot be read is refused with its line and column.
            """,
        access: .permission(CreatePolicy.permission), success: .created,
        failures: [.policyNameTaken, .tooManyPolicies, .policyInterference], takesIdempotencyKey: true, isHeavy: true)

    struct Body: RequestBody {
        let name: DisplayName
        let description: Description?
        let rules: PolicyText
        let model: PolicyText?
        let status: PolicyStatus?

        static var exampleMembers: Set<String> { ["status"] }

        init(from fields: inout FieldReader) {
            name = fields.required("name")
            description = fields.optional("description")
            rules = fields.required("rules")
            model = fields.optional("model")
            status = fields.optional("status")
        }
    }

    private let create: CreatePolicy

    init(_ create: CreatePolicy) {
        self.create = create
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(create.joining(transaction)) }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<PolicyReply> {
        let body = request.body
        let reply = PolicyReply(
            policy: try await create.execute(
                PolicyContent(
                    name: body.name, description: body.description, rules: body.rules, model: body.model,
                    status: body.status ?? .active),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag, location: reply.location)
    }
}
