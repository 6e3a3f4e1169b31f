internal import TenonApplication
internal import TenonDomain

/// `GET /users`
struct ListUsersEndpoint: Endpoint {
    static let operation = Operation(
        "listUsers", .get, "/users", tag: "Identity", summary: "The tenant's users, oldest first",
        description: """
            All users of the caller's tenant, page by page.
            """, access: .permission(ListUsers.permission),
        query: Paging.parameters + [
            QueryParameter("status", "Only users of this status.", schema: UserStatus.schema),
            QueryParameter("role", "Only users with this role.", schema: Role.schema),
        ])

    private let list: ListUsers
    private let paging: Paging

    init(_ list: ListUsers, paging: Paging) {
        self.list = list
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<UserReply>> {
        let filter = UserFilter(
            status: try request.query.choice("status"),
            role: try request.query.value("role") { text throws(Violation) in try Role(text) })
        let tenant = try request.caller.requireTenant()
        let name = "users/\(tenant)/\(filter.status?.rawValue ?? "")/\(filter.role?.name ?? "")"
        let wanted = try paging.request(request.query, of: name)
        let page = try await list.execute(ListUsers.Input(filter: filter, page: wanted), as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: name, as: UserReply.init(user:)))
    }
}

/// `GET /users/{user_id}`
struct GetUserEndpoint: Endpoint {
    static let operation = Operation(
        "getUser", .get, "/users/{user_id}", tag: "Identity", summary: "One user",
        description: """
            Answers 404 for a user of another tenant as for one that does not exist.
            """, access: .permission(GetUser.permission), failures: [.userNotFound])

    private let get: GetUser

    init(_ get: GetUser) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<UserReply> {
        let reply = UserReply(user: try await get.execute(try request.userID, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}

/// `PATCH /users/{user_id}`
struct UpdateUserEndpoint: Endpoint {
    static let operation = Operation(
        "updateUser", .patch, "/users/{user_id}", tag: "Identity", summary: "Change a user: names, roles, suspension",
        description: """
            A merge patch (RFC 7396). Other roles take the user's access tokens out of force at once; a suspension ends the sessions for good. Only a user who has signed in changes an e-mail address. Only an owner makes and unmakes owners, and the last active one stays. `If-Match` is honoured.
            """, access: .permission(UpdateUser.permission),
        failures: [.userNotFound, .lastOwner, .emailTaken, .usernameTaken, .preconditionFailed])

    struct Body: RequestBody {
        let patch: UserPatch

        static var exampleMembers: Set<String> { ["roles", "status"] }

        init(from fields: inout FieldReader) {
            let email: EmailAddress? = fields.optional("email")
            let username: PatchMember<Username> = fields.patched("username")
            let name = PersonName.Patch(from: &fields)
            let roles: Roles? = fields.optional("roles")
            patch = UserPatch(
                email: email, username: username, name: name, roles: roles?.roles, status: fields.optional("status"))
        }
    }

    private let update: UpdateUser

    init(_ update: UpdateUser) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<UserReply> {
        let user = try await update.execute(
            UpdateUser.Input(id: try request.userID, patch: request.body.patch, if: request.precondition),
            as: request.caller)
        let reply = UserReply(user: user)
        return Answer(reply, entityTag: reply.entityTag)
    }
}

/// `DELETE /users/{user_id}`
struct RemoveUserEndpoint: Endpoint {
    static let operation = Operation(
        "removeUser", .delete, "/users/{user_id}", tag: "Identity", summary: "Take a user away, with its sessions",
        description: """
            What the user did stays in the audit log under its id. The last active owner cannot be removed. `If-Match` is honoured.
            """, access: .permission(RemoveUser.permission), success: .noContent,
        failures: [.userNotFound, .lastOwner, .preconditionFailed])

    private let remove: RemoveUser

    init(_ remove: RemoveUser) {
        self.remove = remove
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await remove.execute(
            RemoveUser.Input(id: try request.userID, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}

extension EndpointRequest {
    /// The captured `{user_id}`.
    var userID: UserID {
        get throws(Failure) { try path("user_id", orFail: .userNotFound) { UserID($0) } }
    }
}

extension PersonName.Patch {
    init(from fields: inout FieldReader) {
        self.init(
            full: fields.patched("full_name"), first: fields.patched("first_name"), last: fields.patched("last_name"))
    }
}
