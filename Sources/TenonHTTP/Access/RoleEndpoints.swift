internal import TenonApplication
internal import TenonDomain

/// `POST /roles`
struct CreateRoleEndpoint: Endpoint {
    static let operation = Operation(
        "createRole", .post, "/roles", tag: "Access", summary: "Make a role",
        description: """
            A role grants permissions of its own and those of the roles that it inherits. Its name is an address and
            never changes.
            """,
        access: .permission(CreateRole.permission), success: .created, failures: [.roleNameTaken, .tooManyRoles],
        takesIdempotencyKey: true)

    struct Body: RequestBody {
        let name: Role
        let description: Description?
        let permissions: GrantedPermissions?
        let inherits: InheritedRoles?

        static var exampleMembers: Set<String> { ["description", "permissions", "inherits"] }

        init(from fields: inout FieldReader) {
            name = fields.required("name")
            description = fields.optional("description")
            permissions = fields.optional("permissions")
            inherits = fields.optional("inherits")
        }
    }

    private let create: CreateRole

    init(_ create: CreateRole) {
        self.create = create
    }

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

/// `GET /roles`
struct ListRolesEndpoint: Endpoint {
    static let operation = Operation(
        "listRoles", .get, "/roles", tag: "Access", summary: "The built-in roles and the tenant's own, by name",
        description: """
            All roles that users of the caller's tenant can have, page by page.
            """,
        access: .permission(ListRoles.permission), query: Paging.parameters)

    private let roles: ListRoles
    private let paging: Paging

    init(_ roles: ListRoles, paging: Paging) {
        self.roles = roles
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<RoleReply>> {
        let list = "roles/\(try request.caller.requireTenant())"
        let wanted = try paging.request(request.query, of: list)
        let page = try await roles.execute(wanted, as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list) { RoleReply(view: $0) })
    }
}

/// `GET /roles/{role}`
struct GetRoleEndpoint: Endpoint {
    static let operation = Operation(
        "getRole", .get, "/roles/{role}", tag: "Access", summary: "One role",
        description: """
            A built-in role shows all that it may do.
            """,
        access: .permission(GetRole.permission), failures: [.roleNotFound])

    private let get: GetRole

    init(_ get: GetRole) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<RoleReply> {
        let reply = RoleReply(view: try await get.execute(try request.role, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}

/// `PATCH /roles/{role}`
struct UpdateRoleEndpoint: Endpoint {
    static let operation = Operation(
        "updateRole", .patch, "/roles/{role}", tag: "Access", summary: "Change what a role may do",
        description: """
            A merge patch (RFC 7396): lists are replaced as a whole. `If-Match` is honoured.
            """,
        access: .permission(UpdateRole.permission),
        failures: [.roleNotFound, .roleBuiltIn, .policyInterference, .preconditionFailed])

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

/// `DELETE /roles/{role}`
struct DeleteRoleEndpoint: Endpoint {
    static let operation = Operation(
        "deleteRole", .delete, "/roles/{role}", tag: "Access", summary: "Take a role away",
        description: """
            Refused while users have it, other roles inherit it or a single sign-on connection gives it. `If-Match` is honoured.
            """,
        access: .permission(DeleteRole.permission), success: .noContent,
        failures: [.roleNotFound, .roleBuiltIn, .roleInUse, .preconditionFailed])

    private let delete: DeleteRole

    init(_ delete: DeleteRole) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await delete.execute(
            DeleteRole.Input(role: try request.role, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}

extension EndpointRequest {
    /// The captured `{role}`.
    fileprivate var role: Role {
        get throws(Failure) {
            try path("role", orFail: .roleNotFound) { text throws(Violation) in try Role(text) }
        }
    }
}
