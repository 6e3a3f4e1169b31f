public import TenonKit

/// A key of a namespace with one version: the newest one, unless an older one was requested.
public struct ConfigEntry: Sendable, Equatable, Identified {
    public static let idPrefix = "cfg"

    public let id: ConfigID
    public let tenant: TenantID
    public let namespace: NamespaceID
    public let key: ConfigKey
    public let createdBy: String
    public let createdAt: Timestamp
    public let version: ConfigVersion

    public init(
        id: ConfigID, tenant: TenantID, namespace: NamespaceID, key: ConfigKey, createdBy: String,
        createdAt: Timestamp, version: ConfigVersion
    ) {
        self.id = id
        self.tenant = tenant
        self.namespace = namespace
        self.key = key
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.version = version
    }

    /// A deleted key keeps its history and can be restored.
    public var isDeleted: Bool { version.change == .deleted }

    public var isSecret: Bool { version.properties.isSecret }

    public var sealPlace: SealPlace { ConfigVersion.sealPlace(of: version.id, in: tenant) }

    /// The same entry after a change.
    func changed(_ version: ConfigVersion) -> ConfigEntry {
        ConfigEntry(
            id: id, tenant: tenant, namespace: namespace, key: key, createdBy: createdBy, createdAt: createdAt,
            version: version)
    }

    /// The event of showing a secret's value.
    public func revealed() -> DomainEvent {
        event(.configRevealed)
    }

    /// The event of the current version.
    public func changed() -> DomainEvent {
        switch version.change {
        case .created: event(.configCreated)
        case .updated: event(.configUpdated)
        case .deleted: event(.configDeleted)
        case .restored: event(.configRestored)
        case .rolledBack: event(.configRolledBack)
        }
    }

    private func event(_ kind: EventKind) -> DomainEvent {
        DomainEvent(
            kind, on: reference,
            [
                "namespace_id": .string(namespace.description), "key": .string(key.text),
                "value_type": .string(version.properties.valueType.rawValue), "is_secret": .bool(isSecret),
                "version": .integer(version.number), "revision": .integer(version.position.revision),
            ])
    }
}

public typealias ConfigID = Identifier<ConfigEntry>

extension ConfigEntry {
    /// Bytes of the sealed value: what `PageSize` counts.
    package var sealedCount: Int { version.sealedValue?.bytes.count ?? 0 }
}

extension ConfigEntry: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { ResourceReference(kind: "config", id: id.description) }
    public var attributes: [String: JSONValue] {
        [
            "namespace_id": .string(namespace.description), "key": .string(key.text), "is_secret": .bool(isSecret),
        ]
    }
}
