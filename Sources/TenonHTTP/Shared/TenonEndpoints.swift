public import TenonApplication
public import TenonDomain

/// Everything that the endpoints call.
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

extension EndpointCatalog {
    /// All endpoints of Tenon.
    public static func tenon(
        _ useCases: UseCases, signer: any TokenSigner, paging: Paging, life: ServiceLife, metrics: ServiceMetrics,
        documentation: DocumentationPages, version: String
    ) -> EndpointCatalog {
        var catalog = EndpointCatalog()
        catalog.addIdentity(useCases.identity, paging: paging)
        catalog.addAPIKeys(useCases.apiKeys, paging: paging)
        catalog.addSSO(useCases.sso, paging: paging)
        catalog.addTenants(useCases.tenants, paging: paging)
        catalog.add(GetSigningKeysEndpoint(signer))
        catalog.addAccess(useCases.access, paging: paging)
        catalog.addConfiguration(useCases.configuration, paging: paging)
        catalog.addAudit(useCases.audit, paging: paging)
        catalog.add(GetHealthEndpoint(useCases.checkHealth, version: version))
        catalog.add(GetLivenessEndpoint())
        catalog.add(GetReadinessEndpoint(useCases.checkHealth, life: life))
        catalog.add(GetStartupEndpoint(life: life))
        catalog.add(GetMetricsEndpoint(metrics))
        return catalog.documented(documentation)
    }
}

extension EndpointCatalog {
    private mutating func addConfiguration(_ useCases: ConfigurationUseCases, paging: Paging) {
        add(CreateNamespaceEndpoint(useCases.createNamespace))
        add(ListNamespacesEndpoint(useCases.listNamespaces, paging: paging))
        add(GetNamespaceEndpoint(useCases.getNamespace))
        add(UpdateNamespaceEndpoint(useCases.updateNamespace))
        add(DeleteNamespaceEndpoint(useCases.deleteNamespace))
        add(CreateConfigEndpoint(useCases.createConfig))
        add(ListConfigsEndpoint(useCases.listConfigs, paging: paging))
        add(BatchConfigsEndpoint(useCases.batchConfigs))
        add(ImportConfigsEndpoint(useCases.importConfigs))
        add(ExportConfigsEndpoint(useCases.exportConfigs))
        add(WatchNamespaceEndpoint(useCases.watchNamespace))
        add(GetConfigEndpoint(useCases.getConfig))
        add(PutConfigEndpoint(useCases.putConfig))
        add(PatchConfigEndpoint(useCases.patchConfig))
        add(DeleteConfigEndpoint(useCases.deleteConfig))
        add(RestoreConfigEndpoint(useCases.restoreConfig))
        add(RollBackConfigEndpoint(useCases.rollBackConfig))
        add(ListConfigVersionsEndpoint(useCases.listConfigVersions, paging: paging))
        add(GetConfigVersionEndpoint(useCases.getConfig))
        add(DiffConfigVersionsEndpoint(useCases.diffConfigVersions))
    }
}
