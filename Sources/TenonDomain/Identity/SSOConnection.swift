public import TenonKit

/// A tenant's connection to an OpenID provider.
public struct SSOConnection: Sendable, Equatable, Identified {
    public static let idPrefix = "sso"
    /// The maximum number per tenant.
    public static let maxCount = 50

    public let id: SSOConnectionID
    public let tenant: TenantID
    public let name: SSOConnectionName
    /// The provider that the defaults are for.
    public let preset: SSOPreset
    public let settings: SSOSettings
    /// Tenon's client secret at the provider; nil for a public client.
    public let sealedSecret: SealedBytes?
    /// Counts the changes, from 1; the entity tag of the resource.
    public let version: Int64
    public let createdAt: Timestamp
    public let updatedAt: Timestamp

    /// From a store.
    public init(
        id: SSOConnectionID, tenant: TenantID, name: SSOConnectionName, preset: SSOPreset, settings: SSOSettings,
        sealedSecret: SealedBytes?, version: Int64, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.preset = preset
        self.settings = settings
        self.sealedSecret = sealedSecret
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    public static func create(
        id: SSOConnectionID, tenant: TenantID, name: SSOConnectionName, preset: SSOPreset, settings: SSOSettings,
        sealedSecret: SealedBytes?, at now: Timestamp
    ) -> (SSOConnection, DomainEvent) {
        let connection = SSOConnection(
            id: id, tenant: tenant, name: name, preset: preset, settings: settings, sealedSecret: sealedSecret,
            version: 1, createdAt: now, updatedAt: now)
        let created = DomainEvent(
            .ssoConnectionCreated, on: connection.reference, connection.details,
            change: ResourceChange(after: connection.members))
        return (connection, created)
    }

    /// Nil if nothing changes.
    public func changed(
        _ settings: SSOSettings, secret: PatchMember<SealedBytes>, at now: Timestamp
    ) -> (SSOConnection, DomainEvent)? {
        guard settings != self.settings || secret != .absent else { return nil }
        let next = SSOConnection(
            id: id, tenant: tenant, name: name, preset: preset, settings: settings,
            sealedSecret: secret.applied(to: sealedSecret), version: version + 1, createdAt: createdAt,
            updatedAt: max(now, updatedAt))
        var details = next.details
        details["secret_changed"] = .bool(secret != .absent)
        let change = ResourceChange(before: members, after: next.members)
        return (next, DomainEvent(.ssoConnectionUpdated, on: reference, details, change: change))
    }

    public func deleted() -> DomainEvent {
        DomainEvent(.ssoConnectionDeleted, on: reference, details, change: ResourceChange(before: members))
    }

    public var isActive: Bool { settings.status == .active }

    /// With the same value sealed again, which does not change the resource.
    public func with(sealed new: SealedBytes) -> SSOConnection {
        SSOConnection(
            id: id, tenant: tenant, name: name, preset: preset, settings: settings, sealedSecret: new,
            version: version, createdAt: createdAt, updatedAt: updatedAt)
    }

    /// The place that a connection's secret is sealed for.
    public static func sealPlace(of id: SSOConnectionID, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "sso_connections", row: id, field: "client_secret")
    }

    /// All settings, for auditors; of the secret only whether there is one.
    private var members: [String: JSONValue] {
        var members = details
        members["preset"] = .string(preset.rawValue)
        members["has_client_secret"] = .bool(sealedSecret != nil)
        members["scopes"] = .array(settings.scopes.names.map { .string($0) })
        members["role_mapping"] = .members(settings.roleMapping.mapValues { .string($0.name) })
        members["default_roles"] = .array(settings.defaultRoles.map(\.name).sorted().map { .string($0) })
        members["email_claim"] = .string(settings.claims.email.text)
        members["email_verified_claim"] = .string(settings.claims.emailVerified.text)
        members["name_claim"] = .string(settings.claims.name.text)
        members["roles_claim"] = .string(settings.claims.roles.text)
        return members
    }

    private var details: [String: JSONValue] {
        [
            "name": .string(name.text), "issuer": .string(settings.issuer.text),
            "client_id": .string(settings.clientID.text), "status": .string(settings.status.rawValue),
            "domains": .array(settings.domains.map { .string($0.text) }), "creates_users": .bool(settings.createsUsers),
        ]
    }
}

public typealias SSOConnectionID = Identifier<SSOConnection>

extension SSOConnection: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { .ssoConnection(id) }
}

extension ResourceReference {
    public static func ssoConnection(_ id: SSOConnectionID) -> Self { Self(kind: "sso_connection", id: id.description) }
}

extension EventKind {
    public static let ssoConnectionCreated = EventKind("identity.sso_connection_created")
    public static let ssoConnectionUpdated = EventKind("identity.sso_connection_updated")
    public static let ssoConnectionDeleted = EventKind("identity.sso_connection_deleted")
    /// A person at a provider was linked to a user.
    public static let userIdentityLinked = EventKind("identity.user_identity_linked")
}

/// The provider that a connection's defaults are for.
public enum SSOPreset: String, Sendable, CaseIterable {
    case generic, logto, keycloak
}

public enum SSOConnectionStatus: String, Sendable, CaseIterable {
    case active, disabled
}
