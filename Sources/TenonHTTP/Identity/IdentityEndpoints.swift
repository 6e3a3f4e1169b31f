internal import TenonApplication
internal import TenonHTTPServer

extension ContextEndpoints {
    static let identity = ContextEndpoints(tag: "Identity") { catalog, parts in
        let (useCases, paging) = (parts.useCases, parts.paging)
        catalog.addIdentity(useCases.identity, paging: paging)
        catalog.addAPIKeys(useCases.apiKeys, paging: paging)
        catalog.addSSO(useCases.sso, paging: paging)
        catalog.addTenants(useCases.tenants, paging: paging)
        catalog.add(GetSigningKeysEndpoint(parts.signer))
    }
}

extension EndpointCatalog {
    mutating func addIdentity(_ useCases: IdentityUseCases, paging: Paging) {
        add(RegisterTenantEndpoint(useCases.registerTenant))
        add(SignInEndpoint(useCases.signIn))
        add(RefreshSessionEndpoint(useCases.refreshSession))
        add(SignInForPairEndpoint(useCases.signIn))
        add(RefreshForPairEndpoint(useCases.refreshSession))
        add(SignOutEndpoint(useCases.endSession))
        add(EndOwnSessionsEndpoint(useCases.endOwnSessions))
        addSessions(useCases, paging: paging)
        add(GetCurrentUserEndpoint(useCases.getCurrentUser))
        add(RegisterUserEndpoint(useCases.registerTenant))
        add(GetProfileEndpoint(useCases.getProfile))
        add(UpdateProfileEndpoint(useCases.updateProfile))
        add(ChangePasswordEndpoint(useCases.changePassword))
        add(RequestPasswordResetEndpoint(useCases.requestPasswordReset))
        add(ResetPasswordEndpoint(useCases.resetPassword))
        addUsers(useCases, paging: paging)
    }
}
