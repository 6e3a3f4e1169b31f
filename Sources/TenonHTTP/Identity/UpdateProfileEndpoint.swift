internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `PUT /users/profile`
struct UpdateProfileEndpoint: Endpoint {
    static let operation = Operation(
        "updateProfile", .put, "/users/profile", tag: "Identity", summary: "Update the caller's profile",
        description: """
            Missing members stay unchanged; `null` deletes a name. A new `email` requires `current_password`, if the user has one. Supports `If-Match`.
            """, access: .signedIn,
        failures: [
            .emailTaken, .usernameTaken, .accountExists, .preconditionFailed, .wrongPassword, .tooManyAttempts,
            .hashingOverloaded,
        ])

    struct Body: RequestBody {
        let email: EmailAddress?
        let username: PatchMember<Username>
        let name: PersonName.Patch
        let currentPassword: Secret?

        static var exampleMembers: Set<String> { ["username", "first_name", "last_name"] }

        init(from fields: inout FieldReader) {
            email = fields.optional(User.email)
            username = fields.patched(User.username)
            name = PersonName.Patch(from: &fields)
            currentPassword = fields.optional("current_password")
        }
    }

    private let update: UpdateProfile

    init(_ update: UpdateProfile) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<Presentation<User>> {
        let body = request.body
        let user = try await update.execute(
            UpdateProfile.Input(
                email: body.email, username: body.username, name: body.name, currentPassword: body.currentPassword,
                if: request.precondition),
            as: request.caller)
        let reply = Presentation(user)
        return Answer(reply, entityTag: reply.entity.entityTag)
    }
}
