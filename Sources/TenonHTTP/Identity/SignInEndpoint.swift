internal import TenonApplication
internal import TenonDomain

/// `POST /auth/login`
struct SignInEndpoint: Endpoint {
    static let operation = Operation(
        "signIn", .post, "/auth/login", tag: "Identity", summary: "Sign in with a password",
        description: """
            With `email` or `username`. Where the password is right at several tenants, the answer is 409 with their slugs in `tenants`; send one as `tenant`. A wrong password and an unknown account are answered alike and take the same time.
            """, access: .open,
        failures: [
            .invalidCredentials, .tenantRequired, .accountSuspended, .tenantSuspended, .hashingOverloaded,
        ])

    struct Body: RequestBody {
        let login: LoginName
        let password: Secret
        let tenant: TenantSlug?

        static var exampleMembers: Set<String> { ["email"] }

        /// One of the two names, not both.
        static var relations: JSONObject {
            oneOf(
                ["properties": ["email": ["type": "string"], "username": ["type": "null"]], "required": ["email"]],
                ["properties": ["email": ["type": "null"], "username": ["type": "string"]], "required": ["username"]])
        }

        init(from fields: inout FieldReader) {
            let email: EmailAddress? = fields.optional("email")
            let username: Username? = fields.optional("username")
            password = fields.required("password")
            tenant = fields.optional("tenant")
            login = fields.derived(orPlaceholder: .email(.example)) { () throws(Failure) in
                try LoginName(email: email, username: username)
            }
        }
    }

    typealias Reply = TokenReply

    private let signIn: SignIn

    init(_ signIn: SignIn) {
        self.signIn = signIn
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<TokenReply> {
        let body = request.body
        let tokens = try await signIn.execute(
            SignIn.Input(login: body.login, password: body.password, tenant: body.tenant), as: request.caller)
        return Answer(TokenReply(tokens: tokens), caching: .none)
    }
}

extension LoginName {
    /// From the one of the two that was given.
    fileprivate init(email: EmailAddress?, username: Username?) throws(Failure) {
        switch (email, username) {
        case (let email?, nil): self = .email(email)
        case (nil, let username?): self = .username(username)
        default: throw .invalid("missing", "Either email or username is required.", at: "/email")
        }
    }
}
