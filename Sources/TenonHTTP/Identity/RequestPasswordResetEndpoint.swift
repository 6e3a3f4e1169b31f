internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /users/password-reset`
struct RequestPasswordResetEndpoint: Endpoint {
    static let operation = Operation(
        "requestPasswordReset", .post, "/users/password-reset", tag: "Identity",
        summary: "Request a password reset",
        description: """
            With `email` or `username`. The response is the same whether the account exists or not; the event `identity.password_reset_requested` carries the token, which is valid once, for half an hour.
            """, access: .open, success: .accepted, failures: [.tooManyAttempts])

    struct Body: RequestBody {
        let login: LoginName
        let tenant: TenantSlug?

        static var exampleMembers: Set<String> { LoginName.exampleMembers }
        static var relations: JSONObject { LoginName.relations(of: Self.self) }

        init(from fields: inout FieldReader) {
            login = LoginName.read(from: &fields)
            tenant = fields.optional("tenant")
        }
    }

    struct Reply: ReplyBody {
        func write(to fields: inout FieldWriter) {
            fields.field("detail", "If the account exists, a token was sent.")
        }

        static var example: Reply { Reply() }
    }

    private let reset: RequestPasswordReset

    init(_ reset: RequestPasswordReset) {
        self.reset = reset
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<Reply> {
        try await reset.execute(
            RequestPasswordReset.Input(login: request.body.login, tenant: request.body.tenant), as: request.caller)
        return Answer(Reply(), caching: .none)
    }
}
