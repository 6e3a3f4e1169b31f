internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /users/register`, with the body of seed 002.
struct RegisterUserEndpoint: Endpoint {
    static let operation = Operation(
        "registerUser", .post, "/users/register", tag: "Identity",
        summary: "Register a user with a tenant of their own",
        description: """
            Public, like `POST /auth/register`, with a different body. `password2` repeats the password. The tenant's slug is derived from the e-mail address and a random suffix. An e-mail address or username can register once in this way; later attempts get `account_exists`.
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
