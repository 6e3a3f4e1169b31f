internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /roles`
struct CreateRoleEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "createRole", .post, "/roles", tag: "Access", summary: "Make a role",
        description: """
            A role grants permissions of its own and those of the roles that it inherits. Its name is an address and
            never changes.
            """,
        access: .permission(CreateRole.permission), success: .created, failures: [.roleNameTaken, .tooManyRoles],
        takesIdempotencyKey: true, isHeavy: true)

    struct Body: RequestBody {
        let name: Role
        let description: Description?
        let permissions: GrantedPermissions?
        let inherits: InheritedRoles?

        static var exampleMembers: Set<String> { ["description", "permissions", "inherits"] }

        init(from fields: inout FieldReader) {
            // The built-in roles have their names already.
            name = fields.required("name", example: "release-manager")
            description = fields.optional("description")
            permissions = fields.optional("permissions")
            inherits = fields.optional("inherits")
        }
    }

    private let create: CreateRole

    init(_ create: CreateRole) {
        self.create = create
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(create.joining(transaction)) }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<RoleReply> {
        let body = request.body
        let role = try await create.execute(
            CreateRole.Input(
                role: body.name, description: body.description, permissions: body.permissions?.permissions ?? [],
                inherits: body.inherits?.roles ?? []),
            as: request.caller)
        let reply = RoleReply(view: RoleView(role))
        return Answer(reply, entityTag: reply.entityTag, location: reply.location)
    }
}
