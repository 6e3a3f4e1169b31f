public import TenonKit

/// An entry before or after an edit, for checking the permission to write.
public struct PlannedConfig: Protected {
    private let namespace: Namespace
    private let key: ConfigKey
    private let isSecret: Bool
    /// Nil for a new key.
    private let id: ConfigID?

    public init(_ key: ConfigKey, in namespace: Namespace, isSecret: Bool, replacing standing: ConfigEntry? = nil) {
        self.namespace = namespace
        self.key = key
        self.isSecret = isSecret
        id = standing?.id
    }

    public var owner: TenantID { namespace.tenant }
    public var reference: ResourceReference { ResourceReference(kind: "config", id: id?.description ?? "") }
    public var attributes: [String: JSONValue] {
        [
            "namespace_id": .string(namespace.id.description), "name": .string(namespace.name.text),
            "key": .string(key.text), "is_secret": .bool(isSecret),
        ]
    }
}
