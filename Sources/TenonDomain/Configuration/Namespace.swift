/// A named group of configuration entries of one tenant.
public struct Namespace: Sendable, Equatable, Identified {
    public static let idPrefix = "ns"

    public let id: NamespaceID
    public let tenant: TenantID
    public let name: NamespaceName
    public let description: Description?
    /// Counts the changes, from 1; the entity tag of the resource.
    public let version: Int64
    /// The author's `Caller.subject`.
    public let createdBy: String
    public let createdAt: Timestamp
    public let updatedAt: Timestamp

    /// From a store.
    public init(
        id: NamespaceID, tenant: TenantID, name: NamespaceName, description: Description?, version: Int64,
        createdBy: String, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.description = description
        self.version = version
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    public static func create(
        id: NamespaceID, tenant: TenantID, name: NamespaceName, description: Description?, by author: String,
        at now: Timestamp
    ) -> (Namespace, DomainEvent) {
        let namespace = Namespace(
            id: id, tenant: tenant, name: name, description: description, version: 1, createdBy: author,
            createdAt: now, updatedAt: now)
        return (namespace, DomainEvent(.namespaceCreated, on: namespace.reference, ["name": .string(name.text)]))
    }

    /// The first version of a new entry in this namespace.
    public func newEntry(
        id: ConfigID, _ draft: ConfigDraft, sealed: SealedBytes, version versionID: ConfigVersionID,
        by author: String, at now: Timestamp
    ) -> (ConfigEntry, DomainEvent) {
        let entry = ConfigEntry(
            id: id, tenant: tenant, namespace: self.id, key: draft.key, description: draft.description,
            isSecret: draft.isSecret, valueType: draft.value.type, schema: draft.schema, version: 1,
            versionID: versionID, sealedValue: sealed, createdBy: author, createdAt: now, updatedBy: author,
            updatedAt: now)
        let event = DomainEvent(
            .configCreated, on: entry.reference,
            [
                "namespace_id": .string(self.id.description), "key": .string(draft.key.text),
                "value_type": .string(draft.value.type.rawValue), "is_secret": .bool(draft.isSecret),
                "version": 1,
            ])
        return (entry, event)
    }
}

public typealias NamespaceID = Identifier<Namespace>

extension Namespace: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { ResourceReference(kind: "namespace", id: id.description) }
}

/// `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, unique within the tenant.
public struct NamespaceName: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        guard DNSLabel.isValid(text) else {
            throw Violation(
                code: "invalid_namespace_name",
                detail: "A namespace's name has 1 to 63 characters of a-z, 0-9 and '-', "
                    + "and neither begins nor ends with '-'.")
        }
        self.text = text
    }
}
