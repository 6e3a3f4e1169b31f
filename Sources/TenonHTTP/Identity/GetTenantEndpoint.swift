internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /tenants/{tenant_id}`
struct GetTenantEndpoint: Endpoint {
    static let operation = Operation(
        "getTenant", .get, "/tenants/{tenant_id}", tag: "Identity", summary: "One tenant",
        description: """
            The caller's own, and any for administrators of the platform. Shows how far a tenant is that is being made or deleted,
            and in `database_state` how far its own database is.
            """,
        access: .permission(GetTenant.permission), failures: [.tenantNotFound])

    private let tenant: GetTenant

    init(_ tenant: GetTenant) {
        self.tenant = tenant
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<TenantReply> {
        let found = try await tenant.execute(try request.tenantID, as: request.caller)
        let reply = TenantReply(tenant: found.tenant, database: found.database)
        return Answer(reply, entityTag: reply.entityTag)
    }
}
