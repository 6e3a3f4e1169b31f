internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// All members of an entry in a body, except its key.
struct ConfigContent {
    let draft: ConfigDraft
    let comment: ChangeComment?

    /// Bytes of a body with the largest value.
    static let bodyLimit = 2 << 20

    static let exampleMembers: Set<String> = ["validation_schema", "description", "is_secret", "tags", "comment"]

    /// The allowed values and rules depend on the type.
    static var relations: JSONObject {
        var keywords = JSONObject()
        keywords["oneOf"] = .array(ConfigValueType.allCases.map(\.bodySchema))
        return keywords
    }

    /// `isNew`: the key must not exist yet.
    init(from fields: inout FieldReader, isNew: Bool = false) {
        let value: JSONValue = fields.required("value")
        let type: ConfigValueType = fields.required("value_type")
        let schema: ValidationSchemaField? = fields.optional("validation_schema")
        let description: Description? = fields.optional("description")
        let isSecret: Bool? = fields.optional("is_secret")
        let tags: ConfigTags? = fields.optional("tags")
        comment = fields.optional("comment")
        draft = fields.derived(orPlaceholder: .example) { () throws(Failure) in
            try ConfigDraft(
                value: value, type: type, schema: schema?.json, description: description,
                isSecret: isSecret, tags: tags ?? .none, isNew: isNew)
        }
    }
}
