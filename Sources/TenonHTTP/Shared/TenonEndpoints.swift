public import TenonApplication
public import TenonDomain

/// Everything that the endpoints call.
public struct UseCases: Sendable {
    public var registerTenant: RegisterTenant
    public var signIn: SignIn
    public var refreshSession: RefreshSession
    public var getCurrentUser: GetCurrentUser
    public var createNamespace: CreateNamespace
    public var getNamespace: GetNamespace
    public var listNamespaces: ListNamespaces
    public var createConfig: CreateConfig
    public var getConfig: GetConfig
    public var listConfigs: ListConfigs
    public var checkHealth: CheckHealth

    public init(
        registerTenant: RegisterTenant, signIn: SignIn, refreshSession: RefreshSession,
        getCurrentUser: GetCurrentUser, createNamespace: CreateNamespace, getNamespace: GetNamespace,
        listNamespaces: ListNamespaces, createConfig: CreateConfig, getConfig: GetConfig, listConfigs: ListConfigs,
        checkHealth: CheckHealth
    ) {
        self.registerTenant = registerTenant
        self.signIn = signIn
        self.refreshSession = refreshSession
        self.getCurrentUser = getCurrentUser
        self.createNamespace = createNamespace
        self.getNamespace = getNamespace
        self.listNamespaces = listNamespaces
        self.createConfig = createConfig
        self.getConfig = getConfig
        self.listConfigs = listConfigs
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
        catalog.add(RegisterTenantEndpoint(useCases.registerTenant))
        catalog.add(SignInEndpoint(useCases.signIn))
        catalog.add(RefreshSessionEndpoint(useCases.refreshSession))
        catalog.add(GetCurrentUserEndpoint(useCases.getCurrentUser))
        catalog.add(GetSigningKeysEndpoint(signer))
        catalog.add(CreateNamespaceEndpoint(useCases.createNamespace))
        catalog.add(ListNamespacesEndpoint(useCases.listNamespaces, paging: paging))
        catalog.add(GetNamespaceEndpoint(useCases.getNamespace))
        catalog.add(CreateConfigEndpoint(useCases.createConfig))
        catalog.add(ListConfigsEndpoint(useCases.listConfigs, paging: paging))
        catalog.add(GetConfigEndpoint(useCases.getConfig))
        catalog.add(GetHealthEndpoint(useCases.checkHealth, version: version))
        catalog.add(GetLivenessEndpoint())
        catalog.add(GetReadinessEndpoint(useCases.checkHealth, life: life))
        catalog.add(GetStartupEndpoint(life: life))
        catalog.add(GetMetricsEndpoint(metrics))
        return catalog.documented(documentation)
    }
}
