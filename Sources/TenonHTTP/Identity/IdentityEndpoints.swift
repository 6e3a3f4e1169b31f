internal import TenonApplication

extension EndpointCatalog {
    mutating func addIdentity(_ useCases: IdentityUseCases, paging: Paging) {
        add(RegisterTenantEndpoint(useCases.registerTenant))
        add(SignInEndpoint(useCases.signIn))
        add(RefreshSessionEndpoint(useCases.refreshSession))
        add(GetCurrentUserEndpoint(useCases.getCurrentUser))
    }
}
