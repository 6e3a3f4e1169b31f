internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /tenants/{tenant_id}/restore`
struct RestoreTenantEndpoint: Endpoint {
    static let operation = Operation(
        "restoreTenant", .post, "/tenants/{tenant_id}/restore", tag: "Identity",
        summary: "Bring a tenant back that is being deleted",
        description: """
            For administrators of the platform, until `deletes_at`. One that was suspended before is suspended again. `If-Match` is honoured.
            """,
        access: .platform(RestoreTenant.permission),
        failures: [.tenantNotFound, .tenantStatusConflict, .tenantGraceOver, .preconditionFailed])

    private let restore: RestoreTenant

    init(_ restore: RestoreTenant) {
        self.restore = restore
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<TenantReply> {
        let reply = TenantReply(
            tenant: try await restore.execute(
                RestoreTenant.Input(id: try request.tenantID, if: request.precondition), as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
