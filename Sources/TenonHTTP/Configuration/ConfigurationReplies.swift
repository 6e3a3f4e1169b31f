internal import TenonApplication
internal import TenonDomain

struct NamespaceReply: ReplyBody {
    let namespace: Namespace

    func write(to fields: inout FieldWriter) {
        fields.field("id", namespace.id)
        fields.field("tenant_id", namespace.tenant)
        fields.field("name", namespace.name.text)
        fields.field("description", namespace.description?.text)
        fields.field("version", namespace.version)
        fields.field("created_by", namespace.createdBy)
        fields.field("created_at", namespace.createdAt)
        fields.field("updated_at", namespace.updatedAt)
    }

    static var example: NamespaceReply { NamespaceReply(namespace: .example) }

    var entityTag: EntityTag { EntityTag(version: namespace.version) }
    var location: String { "/api/v1/namespaces/\(namespace.id)" }
}

extension Namespace {
    static var example: Namespace {
        create(
            id: .example, tenant: .example, name: .example, description: .example,
            by: UserID.example.description, at: .example
        ).0
    }
}

/// An entry; a masked one has `value` null.
struct ConfigReply: ReplyBody {
    let view: ConfigView

    func write(to fields: inout FieldWriter) {
        let entry = view.entry
        fields.field("id", entry.id)
        fields.field("namespace_id", entry.namespace)
        fields.field("key", entry.key.text)
        fields.field("value", view.value)
        fields.field("masked", view.value == nil)
        fields.field("value_type", entry.valueType)
        fields.field("validation_schema", entry.schema.json?.objectValue)
        fields.field("is_secret", entry.isSecret)
        fields.field("description", entry.description?.text)
        fields.field("version", entry.version)
        fields.field("created_by", entry.createdBy)
        fields.field("created_at", entry.createdAt)
        fields.field("updated_by", entry.updatedBy)
        fields.field("updated_at", entry.updatedAt)
    }

    static var example: ConfigReply {
        let entry = Namespace.example.newEntry(
            id: .example, .example, sealed: SealedBytes([]), version: .example, by: UserID.example.description,
            at: .example
        ).0
        return ConfigReply(view: ConfigView(entry, value: ConfigDraft.example.value.json))
    }

    var entityTag: EntityTag { EntityTag(version: view.entry.version, variant: view.value == nil ? "-masked" : "") }
    var location: String { "/api/v1/namespaces/\(view.entry.namespace)/configs/\(view.entry.key.text)" }
}

extension ConfigDraft {
    static var example: ConfigDraft {
        do {
            return try ConfigDraft(
                key: .example, value: .example, type: .string, schema: nil, description: .example, isSecret: false)
        } catch {
            preconditionFailure("The example of a config is refused: \(error.detail)")
        }
    }
}
