internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /namespaces/{namespace_id}/configs/{key}/restore`
struct RestoreConfigEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "restoreConfig", .post, "/namespaces/\(.namespace)/configs/\(.configKey)/restore", tag: "Configuration",
        summary: "Restore a deleted entry",
        description: """
            Restores the state before the deletion as a new version. A secret's value is masked in the response.
            """, access: .permission(RestoreConfig.permission), query: [ConfigQuery.comment],
        failures: [.namespaceNotFound, .configNotFound, .configNotDeleted, .preconditionFailed, .preconditionRequired],
        takesIdempotencyKey: true, isHeavy: true)

    private let restore: RestoreConfig

    init(_ restore: RestoreConfig) {
        self.restore = restore
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(restore.joining(transaction)) }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<ConfigReply> {
        let reply = ConfigReply(
            view: try await restore.execute(
                RestoreConfig.Input(
                    namespace: try request.path(.namespace), key: try request.path(.configKey),
                    if: request.precondition,
                    comment: try request.comment),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
