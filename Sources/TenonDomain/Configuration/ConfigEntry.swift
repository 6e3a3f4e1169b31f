/// One configuration value under its key, as it stands now. The value itself is sealed in the row of its
/// newest version.
public struct ConfigEntry: Sendable, Equatable, Identified {
    public static let idPrefix = "cfg"

    public let id: ConfigID
    public let tenant: TenantID
    public let namespace: NamespaceID
    public let key: ConfigKey
    public let description: Description?
    public let isSecret: Bool
    public let valueType: ConfigValueType
    public let schema: ValidationSchema
    /// Counts the values, from 1; the entity tag of the resource.
    public let version: Int64
    public let versionID: ConfigVersionID
    public let sealedValue: SealedBytes
    public let createdBy: String
    public let createdAt: Timestamp
    public let updatedBy: String
    public let updatedAt: Timestamp

    /// From a store.
    public init(
        id: ConfigID, tenant: TenantID, namespace: NamespaceID, key: ConfigKey, description: Description?,
        isSecret: Bool, valueType: ConfigValueType, schema: ValidationSchema, version: Int64,
        versionID: ConfigVersionID, sealedValue: SealedBytes, createdBy: String, createdAt: Timestamp,
        updatedBy: String, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.namespace = namespace
        self.key = key
        self.description = description
        self.isSecret = isSecret
        self.valueType = valueType
        self.schema = schema
        self.version = version
        self.versionID = versionID
        self.sealedValue = sealedValue
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedBy = updatedBy
        self.updatedAt = updatedAt
    }

    /// Where the value of a version stands, for its seal.
    public static func sealPlace(of version: ConfigVersionID, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "config_versions", row: version, field: "value")
    }

    public var sealPlace: SealPlace { Self.sealPlace(of: versionID, in: tenant) }

    public static func reference(_ id: ConfigID) -> ResourceReference {
        ResourceReference(kind: "config", id: id.description)
    }

    /// Somebody was shown the secret's value.
    public func revealed() -> DomainEvent {
        DomainEvent(
            .configRevealed, on: reference,
            [
                "namespace_id": .string(namespace.description), "key": .string(key.text),
                "version": .integer(version),
            ])
    }
}

public typealias ConfigID = Identifier<ConfigEntry>

extension ConfigEntry: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { Self.reference(id) }
}

/// Names the row of one version of an entry.
public enum ConfigVersion: Identified {
    public static let idPrefix = "cfv"
}

public typealias ConfigVersionID = Identifier<ConfigVersion>
