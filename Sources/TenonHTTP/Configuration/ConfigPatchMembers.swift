internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// The members of a body that change parts of an entry.
extension ConfigPatch {
    /// A value can be changed but not deleted.
    static var valueStays: JSONObject {
        var properties = JSONObject()
        properties["value"] = ["not": ["type": "null"]]
        return properties
    }

    /// `takesNull`: `null` is a value; otherwise it means deleting the value, which is refused.
    init(from fields: inout FieldReader, takesNull: Bool = false) {
        let value: PatchMember<JSONValue> = fields.patched("value")
        let type: ConfigValueType? = fields.optional("value_type")
        let schema: PatchMember<ValidationSchemaField> = fields.patched("validation_schema")
        if value == .removed, !takesNull {
            fields.refuse(
                "value", [Violation(code: "not_removable", detail: "must not be null: an entry always has a value")])
        }
        self.init(
            value: value == .removed ? .null : value.applied(to: nil), valueType: type, schema: schema.map(\.json),
            description: fields.patched("description"), isSecret: fields.optional("is_secret"),
            tags: fields.patched("tags"))
    }
}
