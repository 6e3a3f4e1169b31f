internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /namespaces/{namespace_id}/configs`
struct CreateConfigEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "createConfig", .post, "/namespaces/\(.namespace)/configs", tag: "Configuration",
        summary: "Create an entry",
        description: """
            Creates the entry and version 1 of its value. The value must fit `value_type` and the rules of `validation_schema`; it is encrypted before it is stored. A secret's value is masked in the response.
            """, access: .permission(CreateConfig.permission),
        success: .created, failures: [.namespaceNotFound, .configKeyTaken], takesIdempotencyKey: true,
        bodyLimit: ConfigContent.bodyLimit)

    struct Body: RequestBody {
        let key: ConfigKey
        let content: ConfigContent

        static var exampleMembers: Set<String> { ConfigContent.exampleMembers }
        static var relations: JSONObject { ConfigContent.relations }

        init(from fields: inout FieldReader) {
            key = fields.required("key")
            content = ConfigContent(from: &fields, isNew: true)
        }
    }

    private let create: CreateConfig

    init(_ create: CreateConfig) {
        self.create = create
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(create.joining(transaction)) }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<ConfigReply> {
        let view = try await create.execute(
            CreateConfig.Input(
                namespace: try request.path(.namespace), key: request.body.key, draft: request.body.content.draft,
                comment: request.body.content.comment),
            as: request.caller)
        let reply = ConfigReply(view: view)
        return Answer(reply, entityTag: reply.entityTag, location: reply.location)
    }
}
