internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /users/password-reset/confirm`
struct ResetPasswordEndpoint: Endpoint {
    static let operation = Operation(
        "resetPassword", .post, "/users/password-reset/confirm", tag: "Identity",
        summary: "Reset a password with a token",
        description: """
            Ends every session of the user. The first attempt uses up the token.
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
