internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /tenants/{tenant_id}`
struct DeleteTenantEndpoint: Endpoint {
    static let operation = Operation(
        "deleteTenant", .delete, "/tenants/{tenant_id}", tag: "Identity", summary: "Delete a tenant after a grace",
        description: """
            For administrators of the platform. The tenant is locked at once (403 `tenant_deleting`) and can be brought back until `deletes_at`. Then its keys are destroyed, its rows are removed, and its slug is free; the audit log stays, but for a tenant with a database of its own: its audit log is removed with the database. Export it before. `If-Match` is honoured.
            """,
        access: .platform(DeleteTenant.permission), success: .accepted,
        failures: [.tenantNotFound, .preconditionFailed])

    private let delete: DeleteTenant

    init(_ delete: DeleteTenant) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<TenantReply> {
        let reply = TenantReply(
            tenant: try await delete.execute(
                DeleteTenant.Input(id: try request.tenantID, if: request.precondition), as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
