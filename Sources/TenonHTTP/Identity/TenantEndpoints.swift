internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension EndpointCatalog {
    mutating func addTenants(_ useCases: TenantUseCases, paging: Paging) {
        add(CreateTenantEndpoint(useCases.createTenant))
        add(ListTenantsEndpoint(useCases.listTenants, paging: paging))
        add(GetTenantEndpoint(useCases.getTenant))
        add(UpdateTenantEndpoint(useCases.updateTenant))
        add(DeleteTenantEndpoint(useCases.deleteTenant))
        add(RestoreTenantEndpoint(useCases.restoreTenant))
    }
}

extension EndpointRequest {
    var tenantID: TenantID {
        get throws(Failure) {
            try path("tenant_id", orFail: .tenantNotFound) { TenantID($0) }
        }
    }
}

extension UpdateTenant.Standing: ChoiceFieldValue {}

extension TenantSlugPrefix {
    static var schema: JSONValue { ["type": "string", "pattern": "^[a-z0-9-]{1,63}$"] }
}
