internal import TenonApplication
internal import TenonDomain

/// `POST /users/change-password`
struct ChangePasswordEndpoint: Endpoint {
    static let operation = Operation(
        "changePassword", .post, "/users/change-password", tag: "Identity", summary: "Choose another password",
        description: """
            `current_password` is another name of `old_password`; `new_password2` repeats the new one where a form asks twice. The user's other sessions end. A repeat, whose new password stands already, is answered as the first one was.
            """, access: .signedIn, success: .noContent,
        failures: [.wrongPassword, .tooManyAttempts, .hashingOverloaded])

    struct Body: RequestBody {
        let current: Secret
        let new: Secret

        static var exampleMembers: Set<String> { ["old_password"] }

        static var relations: JSONObject {
            anyOf(
                ["properties": ["old_password": ["type": "string"]], "required": ["old_password"]],
                ["properties": ["current_password": ["type": "string"]], "required": ["current_password"]])
        }

        init(from fields: inout FieldReader) {
            let old: Secret? = fields.optional("old_password")
            let other: Secret? = fields.optional("current_password")
            new = fields.newPassword("new_password", repeated: "new_password2")
            current = fields.derived(orPlaceholder: .example) { () throws(Failure) in
                guard let current = old ?? other else {
                    throw .invalid("missing", "old_password is required.", at: "/old_password")
                }
                return current
            }
        }
    }

    private let change: ChangePassword

    init(_ change: ChangePassword) {
        self.change = change
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<NoReply> {
        try await change.execute(
            ChangePassword.Input(current: request.body.current, new: request.body.new), as: request.caller)
        return Answer(NoReply(), caching: .none)
    }
}

/// `POST /users/password-reset`
struct RequestPasswordResetEndpoint: Endpoint {
    static let operation = Operation(
        "requestPasswordReset", .post, "/users/password-reset", tag: "Identity",
        summary: "Ask for a token to choose a password",
        description: """
            With `email` or `username`. The answer is the same whether there is such an account; the token goes out with the event `identity.password_reset_requested` and is good once, for half an hour.
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
            fields.field("detail", "If there is such an account, a token is on its way.")
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

/// `POST /users/password-reset/confirm`
struct ResetPasswordEndpoint: Endpoint {
    static let operation = Operation(
        "resetPassword", .post, "/users/password-reset/confirm", tag: "Identity",
        summary: "Choose a password by a token",
        description: """
            Every session of the user ends. A token is spent by the first attempt.
            """, access: .open, success: .noContent,
        failures: [.invalidResetToken, .tooManyAttempts, .hashingOverloaded])

    struct Body: RequestBody {
        let token: Secret
        let new: Secret

        init(from fields: inout FieldReader) {
            token = fields.required("token")
            new = fields.newPassword("new_password", repeated: "new_password2")
        }
    }

    private let reset: ResetPassword

    init(_ reset: ResetPassword) {
        self.reset = reset
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<NoReply> {
        try await reset.execute(
            ResetPassword.Input(token: request.body.token, new: request.body.new), as: request.caller)
        return Answer(NoReply(), caching: .none)
    }
}

extension FieldReader {
    /// A password that is to be stored, and the same again where a form asks for it twice.
    mutating func newPassword(_ name: String, repeated second: String) -> Secret {
        let password: NewPassword = required(name)
        let repeated: Secret? = optional(second)
        return derived(orPlaceholder: password.secret) { () throws(Failure) in
            guard repeated == nil || repeated == password.secret else {
                throw .invalid("not_the_same", "The two passwords are not the same.", at: "/\(second)")
            }
            return password.secret
        }
    }
}
