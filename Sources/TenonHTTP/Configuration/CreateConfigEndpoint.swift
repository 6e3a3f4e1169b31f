internal import TenonApplication
internal import TenonDomain

/// `POST /namespaces/{namespace_id}/configs`
struct CreateConfigEndpoint: Endpoint {
    static let operation = Operation(
        "createConfig", .post, "/namespaces/{namespace_id}/configs", tag: "Configuration",
        summary: "Store a typed value under a new key",
        description: """
            Makes the entry and version 1 of its value. The value must fit `value_type` and the rules of `validation_schema`; it is encrypted before it is stored. A secret's value is masked in the answer.
            """, access: .permission(CreateConfig.permission),
        success: .created, failures: [.namespaceNotFound, .configKeyTaken], takesIdempotencyKey: true)

    struct Body: RequestBody {
        let draft: ConfigDraft

        static var exampleMembers: Set<String> { ["validation_schema", "description", "is_secret"] }

        static var relations: JSONObject {
            var keywords = JSONObject()
            keywords["oneOf"] = .array(ConfigValueType.allCases.map(\.bodySchema))
            return keywords
        }

        init(from fields: inout FieldReader) {
            let key: ConfigKey = fields.required("key")
            let value: JSONValue = fields.required("value")
            let type: ConfigValueType = fields.required("value_type")
            let schema: ValidationSchemaField? = fields.optional("validation_schema")
            let description: Description? = fields.optional("description")
            let isSecret: Bool? = fields.optional("is_secret")
            draft = fields.derived(orPlaceholder: .example) { () throws(Failure) in
                try ConfigDraft(
                    key: key, value: value, type: type, schema: schema?.json, description: description,
                    isSecret: isSecret ?? false)
            }
        }
    }

    private let create: CreateConfig

    init(_ create: CreateConfig) {
        self.create = create
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<ConfigReply> {
        let view = try await create.execute(
            CreateConfig.Input(namespace: try request.namespaceID, draft: request.body.draft), as: request.caller)
        let reply = ConfigReply(view: view)
        return Answer(reply, entityTag: reply.entityTag, location: reply.location)
    }
}
