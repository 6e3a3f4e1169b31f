internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /users/change-password`
struct ChangePasswordEndpoint: Endpoint {
    static let operation = Operation(
        "changePassword", .post, "/users/change-password", tag: "Identity", summary: "Change the caller's password",
        description: """
            `current_password` is an alias of `old_password`; `new_password2` repeats the new one, for forms that ask twice. The user's other sessions end. A repeat, whose new password is already set, gets the same response as the first request.
            """, access: .signedIn, success: .noContent,
        failures: [.wrongPassword, .tooManyAttempts, .hashingOverloaded])

    struct Body: RequestBody {
        let current: Secret
        let new: Secret

        static var exampleMembers: Set<String> { ["old_password"] }

        static var relations: JSONObject {
            .anyOf(
                ["properties": ["old_password": ["type": "string"]], "required": ["old_password"]],
                ["properties": ["current_password": ["type": "string"]], "required": ["current_password"]])
        }

        init(from fields: inout FieldReader) {
            let old: Secret? = fields.optional("old_password")
            let other: Secret? = fields.optional("current_password")
            new = fields.newPassword("new_password", repeated: "new_password2")
            current = fields.derived(orPlaceholder: .example) { () throws(Failure) in
                guard let current = old ?? other else {
                    throw .invalid("missing", "required", at: "/old_password")
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
