/// A credential of a tenant for programs.
public struct APIKey: Sendable, Identified {
    public static let idPrefix = "key"
}

public typealias APIKeyID = Identifier<APIKey>

/// What a valid API key proves.
public struct APIKeyPrincipal: Sendable, Equatable {
    public let id: APIKeyID
    public let tenant: TenantID
    public let scopes: Set<Permission>

    public init(id: APIKeyID, tenant: TenantID, scopes: Set<Permission>) {
        self.id = id
        self.tenant = tenant
        self.scopes = scopes
    }
}
