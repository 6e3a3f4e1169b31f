internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// An entry with one of its versions; `value` is null if it is masked or its references do not resolve.
struct ConfigReply: ReplyBody {
    let view: ConfigView

    func write(to fields: inout FieldWriter) {
        let entry = view.entry
        let version = entry.version
        fields.field("id", entry.id)
        fields.field("namespace_id", entry.namespace)
        fields.field("key", entry.key.text)
        fields.field("value", view.value)
        fields.field("masked", view.isMasked)
        fields.field("unresolved", ifPresent: view.unresolved)
        fields.field("value_type", version.properties.valueType)
        fields.field("validation_schema", version.properties.schema.json?.objectValue)
        fields.field("is_secret", entry.isSecret)
        fields.field("description", version.properties.description?.text)
        fields.field("tags", version.properties.tags.texts)
        fields.field("version", version.number)
        fields.field("revision", version.position.revision)
        fields.field("change", version.change)
        fields.field("comment", version.comment?.text)
        fields.field("created_by", entry.createdBy)
        fields.field("created_at", entry.createdAt)
        fields.field("updated_by", version.author)
        fields.field("updated_at", version.at)
    }

    static var example: ConfigReply {
        var revision = ConfigRevision(of: .example, at: .example)
        let entry = revision.set(
            .example, .example, sealed: SealedBytes([]), as: .created, before: nil, id: .example, version: .example,
            references: [], comment: nil, by: UserID.example.description)
        return ConfigReply(view: ConfigView(entry, value: ConfigDraft.example.value.json))
    }

    /// The tag of the current entry.
    var entityTag: EntityTag { EntityTag(version: view.entry.version.number, variant: view.isMasked ? "-masked" : "") }
    var location: String { "/api/v1/namespaces/\(view.entry.namespace)/configs/\(view.entry.key.text)" }
}

extension ConfigDraft {
    static var example: ConfigDraft {
        do {
            return try ConfigDraft(value: .example, type: .string, description: .example)
        } catch {
            preconditionFailure("The example of a config is refused: \(error.detail)")
        }
    }
}
