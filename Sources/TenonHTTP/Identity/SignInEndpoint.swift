internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /auth/login`
struct SignInEndpoint: Endpoint {
    static let operation = Operation(
        "signIn", .post, "/auth/login", tag: "Identity", summary: "Sign in with a password",
        description: """
            With `email` or `username`. If the password is valid at several tenants, the response is 409 with their slugs in `tenants`; send one as `tenant`. A wrong password and an unknown account get the same response in the same time.
            """, access: .open,
        failures: [
            .invalidCredentials, .tenantRequired, .accountSuspended, .tenantSuspended, .tooManyAttempts,
            .hashingOverloaded,
        ])

    struct Body: RequestBody {
        let login: LoginName
        let password: Secret
        let tenant: TenantSlug?

        static var exampleMembers: Set<String> { LoginName.exampleMembers }
        static var relations: JSONObject { LoginName.relations(of: Self.self) }

        init(from fields: inout FieldReader) {
            login = LoginName.read(from: &fields)
            password = fields.required("password")
            tenant = fields.optional("tenant")
        }
    }

    typealias Reply = TokenReply

    private let signIn: SignIn

    init(_ signIn: SignIn) {
        self.signIn = signIn
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<TokenReply> {
        Answer(TokenReply(tokens: try await signIn.execute(request.body.input, as: request.caller)), caching: .none)
    }
}

/// `POST /api/auth/login`, which responds in the format of seed 002.
struct SignInForPairEndpoint: Endpoint {
    static let operation = Operation(
        "signInForPair", .post, "/auth/login", mount: .unversioned, tag: "Identity",
        summary: "Sign in with a password, returned as `access` and `refresh`",
        description: """
            The same as `POST /api/v1/auth/login` with other names in the response.
            """, access: .open, failures: SignInEndpoint.operation.failures)

    typealias Body = SignInEndpoint.Body
    typealias Reply = TokenPairReply

    private let signIn: SignIn

    init(_ signIn: SignIn) {
        self.signIn = signIn
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<TokenPairReply> {
        Answer(
            TokenPairReply(tokens: try await signIn.execute(request.body.input, as: request.caller)), caching: .none)
    }
}

extension SignInEndpoint.Body {
    fileprivate var input: SignIn.Input { SignIn.Input(login: login, password: password, tenant: tenant) }
}

extension LoginName {
    static var exampleMembers: Set<String> { ["email"] }

    /// Exactly one of the two names.
    static func relations<Body: RequestBody>(of _: Body.Type) -> JSONObject {
        .oneOf(
            ["properties": ["email": ["type": "string"], "username": ["type": "null"]], "required": ["email"]],
            ["properties": ["email": ["type": "null"], "username": ["type": "string"]], "required": ["username"]])
    }

    /// The members `email` and `username`.
    static func read(from fields: inout FieldReader) -> LoginName {
        let email: EmailAddress? = fields.optional("email")
        let username: Username? = fields.optional("username")
        return fields.derived(orPlaceholder: .email(.example)) { () throws(Failure) in
            try LoginName(email: email, username: username)
        }
    }

    /// From the given one of the two.
    fileprivate init(email: EmailAddress?, username: Username?) throws(Failure) {
        switch (email, username) {
        case (let email?, nil): self = .email(email)
        case (nil, let username?): self = .username(username)
        case (nil, nil): throw .invalid("missing", "either email or username is required", at: "/email")
        case (_?, _?): throw .invalid("not_both", "send either email or username, not both", at: "/username")
        }
    }
}
