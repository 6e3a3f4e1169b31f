internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /users/register`, with the body of seed 002.
struct RegisterUserEndpoint: Endpoint {
    static let operation = Operation(
        "registerUser", .post, "/users/register", tag: "Identity",
        summary: "Register with a username; makes a tenant of the user's own",
        description: """
            Open as `POST /auth/register` is, which it differs from in its body. `password2` repeats the password. The tenant's slug comes from the e-mail address and a random tail. An e-mail address or username registers once in this way: a second time answers `account_exists`.
            """, access: .open, success: .created,
        failures: [.registrationClosed, .tooManyAttempts, .slugTaken, .accountExists, .hashingOverloaded])

    struct Body: RequestBody {
        let username: Username
        let email: EmailAddress
        let password: Secret
        let name: PersonName

        static var exampleMembers: Set<String> { ["password2", "first_name", "last_name"] }

        init(from fields: inout FieldReader) {
            username = fields.required("username")
            email = fields.required("email")
            password = fields.newPassword("password", repeated: "password2")
            name = PersonName(first: fields.optional("first_name"), last: fields.optional("last_name"))
        }
    }

    typealias Reply = RegisterTenantEndpoint.Reply

    private let register: RegisterTenant

    init(_ register: RegisterTenant) {
        self.register = register
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<Reply> {
        let body = request.body
        let made = try await register.execute(
            RegisterTenant.Input(
                organization: nil, email: body.email, username: body.username, name: body.name,
                password: body.password),
            as: request.caller)
        return Answer(Reply(made), caching: .none)
    }
}
