internal import TenonApplication
internal import TenonDomain
internal import TenonHTTP

extension UseCases {
    init(_ parts: UseCaseDependencies, probes: [any HealthProbe]) {
        self.init(
            identity: IdentityUseCases(parts), tenants: TenantUseCases(parts), apiKeys: APIKeyUseCases(parts),
            sso: SSOUseCases(parts), access: AccessUseCases(parts.ports),
            configuration: ConfigurationUseCases(parts), audit: AuditUseCases(parts),
            checkHealth: CheckHealth(probes: probes, timeout: parts.options.healthTimeout))
    }
}
