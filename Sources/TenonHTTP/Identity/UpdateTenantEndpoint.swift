internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `PATCH /tenants/{tenant_id}`
struct UpdateTenantEndpoint: Endpoint {
    static let operation = Operation(
        "updateTenant", .patch, "/tenants/{tenant_id}", tag: "Identity", summary: "Change a tenant",
        description: """
            A merge patch (RFC 7396). The tenant's own administrators change its name. Administrators of the platform change its plan too, suspend it (`status` `suspended`: its users and API keys are answered 403 `tenant_suspended` within a second, everywhere) and let it in again (`active`). One that is being deleted answers 409 until it is brought back. Slug and isolation never change. `If-Match` is honoured.
            """,
        access: .permission(UpdateTenant.permission),
        failures: [.tenantNotFound, .tenantStatusConflict, .preconditionFailed])

    struct Body: RequestBody {
        let name: DisplayName?
        let plan: TenantPlan?
        let status: UpdateTenant.Standing?

        static var exampleMembers: Set<String> { ["name"] }

        init(from fields: inout FieldReader) {
            name = fields.optional("name")
            plan = fields.optional("plan")
            status = fields.optional("status")
        }
    }

    private let update: UpdateTenant

    init(_ update: UpdateTenant) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<TenantReply> {
        let reply = TenantReply(
            tenant: try await update.execute(
                UpdateTenant.Input(
                    id: try request.tenantID, name: request.body.name, plan: request.body.plan,
                    standing: request.body.status, if: request.precondition),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
