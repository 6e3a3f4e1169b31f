internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `PATCH /users/{user_id}`
struct UpdateUserEndpoint: Endpoint {
    static let operation = Operation(
        "updateUser", .patch, "/users/{user_id}", tag: "Identity", summary: "Change a user: names, roles, suspension",
        description: """
            A merge patch (RFC 7396). Other roles take the user's access tokens out of force at once; a suspension ends the sessions for good. Only a user who has signed in changes an e-mail address. Only an owner makes and unmakes owners, and the last active one stays. `If-Match` is honoured.
            """, access: .permission(UpdateUser.permission),
        failures: [.userNotFound, .lastOwner, .emailTaken, .usernameTaken, .accountExists, .preconditionFailed])

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
            UpdateUser.Input(id: try request.userID, request.body.patch, if: request.precondition),
            as: request.caller)
        let reply = UserReply(user: user)
        return Answer(reply, entityTag: reply.entityTag)
    }
}
