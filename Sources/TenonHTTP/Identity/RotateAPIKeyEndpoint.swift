internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /auth/api-keys/{key_id}/rotate`
struct RotateAPIKeyEndpoint: Endpoint {
    static let operation = Operation(
        "rotateAPIKey", .post, "/auth/api-keys/{key_id}/rotate", tag: "Identity",
        summary: "Give an API key a new secret",
        description: """
            The answer shows the new `key` this once. The secret before it lives on for `overlap_seconds`, a day unless the request says otherwise; with 0 all older secrets end at once, as after a leak. Only a user who holds all of the key's scopes rotates it. `If-Match` is honoured.
            """,
        access: .permission(RotateAPIKey.permission),
        failures: [.apiKeyNotFound, .apiKeyRotating, .preconditionFailed])

    struct Body: RequestBody {
        let overlap: Duration
        let signing: SigningChoice?

        static var exampleMembers: Set<String> { ["overlap_seconds"] }

        init(from fields: inout FieldReader) {
            let overlap: OverlapField? = fields.optional("overlap_seconds")
            let signing: SigningField? = fields.optional("signing")
            self.overlap = overlap?.overlap ?? APIKeyCredential.standardOverlap
            self.signing = signing?.choice
        }
    }

    private let rotate: RotateAPIKey

    init(_ rotate: RotateAPIKey) {
        self.rotate = rotate
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<IssuedAPIKeyReply> {
        let reply = IssuedAPIKeyReply(
            issued: try await rotate.execute(
                RotateAPIKey.Input(
                    id: try request.apiKeyID, overlap: request.body.overlap, signing: request.body.signing,
                    if: request.precondition),
                as: request.caller))
        return Answer(reply, entityTag: reply.reply.entityTag, caching: .none)
    }
}
