internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `PATCH /roles/{role}`
struct UpdateRoleEndpoint: Endpoint {
    static let operation = Operation(
        "updateRole", .patch, "/roles/{role}", tag: "Access", summary: "Change what a role may do",
        description: """
            A merge patch (RFC 7396): lists are replaced as a whole. `If-Match` is honoured.
            """,
        access: .permission(UpdateRole.permission),
        failures: [.roleNotFound, .roleBuiltIn, .policyInterference, .preconditionFailed], isHeavy: true)

    struct Body: RequestBody {
        let description: PatchMember<Description>
        let permissions: GrantedPermissions?
        let inherits: InheritedRoles?

        static var exampleMembers: Set<String> { ["permissions"] }

        init(from fields: inout FieldReader) {
            description = fields.patched("description")
            permissions = fields.optional("permissions")
            inherits = fields.optional("inherits")
        }
    }

    private let update: UpdateRole

    init(_ update: UpdateRole) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<RoleReply> {
        let role = try await update.execute(
            UpdateRole.Input(
                role: try request.role, description: request.body.description,
                permissions: request.body.permissions?.permissions, inherits: request.body.inherits?.roles,
                if: request.precondition),
            as: request.caller)
        let reply = RoleReply(view: RoleView(role))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
