internal import TenonApplication
internal import TenonDomain

/// `PATCH /namespaces/{namespace_id}/configs/{key}`
struct PatchConfigEndpoint: Endpoint {
    static let operation = Operation(
        "patchConfig", .patch, "/namespaces/{namespace_id}/configs/{key}", tag: "Configuration",
        summary: "Change some parts of an entry",
        description: """
            A merge patch (RFC 7396): members that are not named stay, `null` takes away, objects of a JSON value are merged member by member. The whole is checked as it comes out. What changes nothing makes no version. `If-Match` names the version that is changed.
            """, access: .permission(PatchConfig.permission),
        failures: [.namespaceNotFound, .configNotFound, .preconditionFailed, .preconditionRequired], isHeavy: true,
        bodyLimit: ConfigContent.bodyLimit)

    /// A value is changed or stays; there is no entry without one.
    static var valueStays: JSONObject {
        var properties = JSONObject()
        properties["value"] = ["not": ["type": "null"]]
        return properties
    }

    struct Body: RequestBody {
        let patch: ConfigPatch
        let comment: ChangeComment?

        static var exampleMembers: Set<String> { ["value", "comment"] }

        static var relations: JSONObject {
            var keywords = JSONObject()
            keywords["allOf"] = [["properties": .object(valueStays)]]
            return keywords
        }

        init(from fields: inout FieldReader) {
            let value: PatchMember<JSONValue> = fields.patched("value")
            let type: ConfigValueType? = fields.optional("value_type")
            let schema: PatchMember<ValidationSchemaField> = fields.patched("validation_schema")
            if value == .removed {
                fields.refuse("value", [Violation(code: "not_removable", detail: "An entry has a value.")])
            }
            patch = ConfigPatch(
                value: value.applied(to: nil), valueType: type, schema: schema.map(\.json),
                description: fields.patched("description"),
                isSecret: fields.optional("is_secret"), tags: fields.patched("tags"))
            comment = fields.optional("comment")
        }
    }

    private let patch: PatchConfig

    init(_ patch: PatchConfig) {
        self.patch = patch
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<ConfigReply> {
        let reply = ConfigReply(
            view: try await patch.execute(
                PatchConfig.Input(
                    namespace: try request.namespaceID, key: try request.configKey, patch: request.body.patch,
                    if: request.precondition, comment: request.body.comment),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
