internal import TenonApplication
internal import TenonHTTPServer

extension ContextEndpoints {
    static let access = ContextEndpoints(tag: "Access") { catalog, parts in
        catalog.addAccess(parts.useCases.access, paging: parts.paging)
    }
}

extension EndpointCatalog {
    mutating func addAccess(_ useCases: AccessUseCases, paging: Paging) {
        addRoles(useCases, paging: paging)
        addPolicies(useCases, paging: paging)
        add(CheckAccessEndpoint(useCases.explainAccess))
        add(ExplainAccessEndpoint(useCases.explainAccess))
        add(GetSubjectPermissionsEndpoint(useCases.getSubjectPermissions))
    }
}
