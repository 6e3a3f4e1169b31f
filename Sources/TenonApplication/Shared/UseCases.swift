/// All use cases that the endpoints call.
public struct UseCases: Sendable {
    public var identity: IdentityUseCases
    public var apiKeys: APIKeyUseCases
    public var sso: SSOUseCases
    public var tenants: TenantUseCases
    public var access: AccessUseCases
    public var configuration: ConfigurationUseCases
    public var audit: AuditUseCases
    public var checkHealth: CheckHealth

    public init(
        identity: IdentityUseCases, tenants: TenantUseCases, apiKeys: APIKeyUseCases, sso: SSOUseCases,
        access: AccessUseCases, configuration: ConfigurationUseCases, audit: AuditUseCases, checkHealth: CheckHealth
    ) {
        self.identity = identity
        self.tenants = tenants
        self.apiKeys = apiKeys
        self.sso = sso
        self.access = access
        self.configuration = configuration
        self.audit = audit
        self.checkHealth = checkHealth
    }
}
