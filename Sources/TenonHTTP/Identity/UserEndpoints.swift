internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

extension PathParameter<UserID> {
    static var user: Self {
        PathParameter(name: "user_id", description: "The user's id.", failure: .userNotFound)
    }
}

/// Roles of a user in a request.
enum UserRoles: ListKind {
    typealias Element = Role
    static let rule = ListRule(0...20, code: "too_many", example: ["member"])
}

/// Never with anything of the password.
extension User: Presented {
    static let email = member("email") { $0.email }
    static let username = member("username") { $0.username }
    fileprivate static let fullName = member("full_name") { $0.name.full }
    fileprivate static let firstName = member("first_name") { $0.name.first }
    fileprivate static let lastName = member("last_name") { $0.name.last }
    /// More than a body may have, where single sign-on gives them.
    fileprivate static let roles = member("roles") { $0.roles.sorted { $0.name < $1.name } }
    fileprivate static let status = member("status") { $0.status }

    static let fields = Fields<User>(
        "UserReply",
        example: User.register(
            id: .example, tenant: .example, email: .example, name: PersonName(full: .example), passwordHash: nil,
            roles: [.owner], at: .example
        ).0,
        member("id") { $0.id }, member("tenant_id") { $0.tenant == .platform ? nil : $0.tenant }, email, username,
        fullName, firstName, lastName, roles, status, member("created_at") { $0.createdAt },
        member("updated_at") { $0.updatedAt })

    var entityTag: EntityTag? { EntityTag(version: version) }
}

extension PersonName.Patch {
    init(from fields: inout FieldReader) {
        self.init(
            full: fields.patched(User.fullName), first: fields.patched(User.firstName),
            last: fields.patched(User.lastName))
    }
}

extension EndpointCatalog {
    mutating func addUsers(_ useCases: IdentityUseCases, paging: Paging) {
        let users = Resource<User, UserID>("/users", .user, tag: "Identity")
        let create = BodyReading<Void, CreateUser.Input>(showing: ["username", "full_name", "roles"]) { fields, _ in
            CreateUser.Input(
                email: fields.required(User.email), username: fields.optional(User.username),
                name: PersonName(
                    full: fields.optional(User.fullName), first: fields.optional(User.firstName),
                    last: fields.optional(User.lastName)),
                password: fields.optional("password", as: NewPassword.self)?.secret,
                roles: fields.optional(User.roles.name, as: ListOf<UserRoles>.self)?.set ?? [.member])
        }
        let update = BodyReading<Target<UserID>, UpdateUser.Input>(showing: ["roles", "status"]) { fields, target in
            let patch = UserPatch(
                email: fields.optional(User.email), username: fields.patched(User.username),
                name: PersonName.Patch(from: &fields),
                roles: fields.optional(User.roles.name, as: ListOf<UserRoles>.self)?.set,
                status: fields.optional(User.status))
            return UpdateUser.Input(id: target.id, patch, if: target.condition)
        }
        add(
            users.create(
                "createUser", "Create a user",
                """
                Without a password the user chooses one: the event `identity.password_reset_requested` carries the token. Without roles the user is a `member`. Only an owner can create owners, and only a signed-in user can set a password. A repeat gets 409 `email_taken`.
                """, for: .permission(CreateUser.permission),
                failures: [.emailTaken, .usernameTaken, .hashingOverloaded], body: create, key: \.id,
                run: useCases.createUser.execute))
        add(
            users.list(
                "listUsers", "List users, oldest first",
                "The users of the caller's tenant that the caller may read, page by page.", paging,
                filters: [
                    QueryParameter("status", "Only users with this status.", schema: UserStatus.schema),
                    QueryParameter("role", "Only users with this role.", schema: Role.schema),
                ], by: useCases.listUsers
            ) { query throws(Failure) in
                UserFilter(status: try query.choice("status"), role: try query.value("role"))
            })
        add(
            users.get(
                "getUser", "Get a user", "Returns 404 for a user that does not exist or belongs to another tenant.",
                by: useCases.getUser))
        add(
            users.update(
                "updateUser", "Update a user: names, roles, suspension",
                """
                A merge patch (RFC 7396). A change of roles revokes the user's access tokens at once; a suspension ends the sessions permanently. Only a signed-in user can change an e-mail address. Only an owner can create and demote owners, and the last active one remains. Supports `If-Match`.
                """, for: .permission(UpdateUser.permission),
                failures: [.lastOwner, .emailTaken, .usernameTaken, .accountExists], body: update,
                run: useCases.updateUser.execute))
        add(
            users.delete(
                "deleteUser", "Delete a user and its sessions",
                """
                The user's actions stay in the audit log under its id. The last active owner cannot be deleted. Supports `If-Match`.
                """, for: .permission(DeleteUser.permission), failures: [.lastOwner, .preconditionFailed]
            ) { target, _, caller throws(Failure) in
                try await useCases.deleteUser.execute(
                    DeleteUser.Input(id: target.id, if: target.condition), as: caller)
            })
        let sessions: Path = "\(users.path)/\(.user)/sessions"
        add(
            Entry(
                Operation(
                    "endUserSessions", .delete, sessions, tag: "Identity", summary: "End every session of a user",
                    description: """
                        For example after a device was stolen. Access tokens are refused at once, by other processes of the service within a second.
                        """, access: .permission(EndUserSessions.permission), success: .noContent,
                    failures: [.userNotFound])
            ) { request throws(Failure) in
                try await useCases.endUserSessions.execute(try request.path(.user), as: request.caller)
                return Answer(NoReply())
            })
    }
}
