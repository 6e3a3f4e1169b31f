internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /tenants`
struct ListTenantsEndpoint: Endpoint {
    static let operation = Operation(
        "listTenants", .get, "/tenants", tag: "Identity", summary: "The tenants of the platform by slug",
        description: """
            All tenants for administrators of the platform, page by page; for everybody else their own.
            """,
        access: .permission(ListTenants.permission),
        query: Paging.parameters + [
            QueryParameter("status", "Only tenants of this status.", schema: TenantStatus.schema),
            QueryParameter("plan", "Only tenants of this plan.", schema: TenantPlan.schema),
            QueryParameter("q", "Only tenants whose slug begins so.", schema: TenantSlugPrefix.schema),
        ])

    private let tenants: ListTenants
    private let paging: Paging

    init(_ tenants: ListTenants, paging: Paging) {
        self.tenants = tenants
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<TenantReply>> {
        let filter = TenantFilter(
            status: try request.query.choice("status"), plan: try request.query.choice("plan"),
            slugPrefix: try request.query.value("q") { text throws(Violation) in try TenantSlugPrefix(text) })
        let list = [
            "tenants", try request.caller.requireTenant().description, filter.status?.rawValue ?? "",
            filter.plan?.rawValue ?? "", filter.slugPrefix?.text ?? "",
        ].joined(separator: "/")
        let wanted = try paging.request(request.query, of: list)
        let page = try await tenants.execute(ListTenants.Input(filter, page: wanted), as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list, as: { TenantReply(tenant: $0) }))
    }
}
