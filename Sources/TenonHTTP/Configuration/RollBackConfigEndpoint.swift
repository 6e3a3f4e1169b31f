internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /namespaces/{namespace_id}/configs/{key}/rollback`
struct RollBackConfigEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "rollBackConfig", .post, "/namespaces/\(.namespace)/configs/\(.configKey)/rollback", tag: "Configuration",
        summary: "Roll back to an older value",
        description: """
            Makes the value of an older version the current one; type and rules stay as they are. If the old value violates them, the response is 422 with the violations. For a secret this requires `secrets:read`.
            """, access: .permission(RollBackConfig.permission),
        failures: [
            .namespaceNotFound, .configNotFound, .configVersionNotFound, .preconditionFailed, .preconditionRequired,
        ],
        takesIdempotencyKey: true, isHeavy: true)

    struct Body: RequestBody {
        let version: Int64
        let comment: ChangeComment?

        static var exampleMembers: Set<String> { ["comment"] }

        init(from fields: inout FieldReader) {
            let version: VersionNumber = fields.required("version")
            self.version = version.number
            comment = fields.optional("comment")
        }
    }

    private let rollBack: RollBackConfig

    init(_ rollBack: RollBackConfig) {
        self.rollBack = rollBack
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(rollBack.joining(transaction)) }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<ConfigReply> {
        let reply = ConfigReply(
            view: try await rollBack.execute(
                RollBackConfig.Input(
                    namespace: try request.path(.namespace), key: try request.path(.configKey),
                    version: request.body.version,
                    if: request.precondition, comment: request.body.comment),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
