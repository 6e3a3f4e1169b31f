internal import TenonApplication
internal import TenonHTTPServer

extension ContextEndpoints {
    static let access = ContextEndpoints(tag: "Access") { catalog, parts in
        catalog.addAccess(parts.useCases.access, paging: parts.paging)
    }
}

extension EndpointCatalog {
    mutating func addAccess(_ useCases: AccessUseCases, paging: Paging) {
        add(CreateRoleEndpoint(useCases.createRole))
        add(ListRolesEndpoint(useCases.listRoles, paging: paging))
        add(GetRoleEndpoint(useCases.getRole))
        add(UpdateRoleEndpoint(useCases.updateRole))
        add(DeleteRoleEndpoint(useCases.deleteRole))
        add(CreatePolicyEndpoint(useCases.createPolicy))
        add(ListPoliciesEndpoint(useCases.listPolicies, paging: paging))
        add(CheckAccessEndpoint(useCases.explainAccess))
        add(ExplainAccessEndpoint(useCases.explainAccess))
        add(GetSubjectPermissionsEndpoint(useCases.getSubjectPermissions))
        add(GetPolicyEndpoint(useCases.getPolicy))
        add(UpdatePolicyEndpoint(useCases.updatePolicy))
        add(DeletePolicyEndpoint(useCases.deletePolicy))
    }
}
