internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /namespaces/{namespace_id}/configs/{key}`
struct DeleteConfigEndpoint: Endpoint {
    static let operation = Operation(
        "deleteConfig", .delete, "/namespaces/\(.namespace)/configs/\(.configKey)", tag: "Configuration",
        summary: "Delete an entry",
        description: """
            The deletion is a version: the history stays, and the entry can be restored. `If-Match` names the version to delete.
            """, access: .permission(DeleteConfig.permission), query: [ConfigQuery.comment], success: .noContent,
        failures: [.namespaceNotFound, .configNotFound, .preconditionFailed, .preconditionRequired])

    private let delete: DeleteConfig

    init(_ delete: DeleteConfig) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        _ = try await delete.execute(
            DeleteConfig.Input(
                namespace: try request.path(.namespace), key: try request.path(.configKey), if: request.precondition,
                comment: try request.comment),
            as: request.caller)
        return Answer(NoReply())
    }
}
