public import TenonApplication
public import TenonDomain

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
