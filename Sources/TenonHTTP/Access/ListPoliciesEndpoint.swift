internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /policies`
struct ListPoliciesEndpoint: Endpoint {
    static let operation = Operation(
        "listPolicies", .get, "/policies", tag: "Access", summary: "The tenant's policies, oldest first",
        description: """
            All policies of the caller's tenant, page by page.
            """,
        access: .permission(ListPolicies.permission), query: Paging.parameters)

    private let policies: ListPolicies
    private let paging: Paging

    init(_ policies: ListPolicies, paging: Paging) {
        self.policies = policies
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<PolicyReply>> {
        let list = "policies/\(try request.caller.requireTenant())"
        let wanted = try paging.request(request.query, of: list)
        let page = try await policies.execute(wanted, as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list, as: PolicyReply.init(policy:)))
    }
}
