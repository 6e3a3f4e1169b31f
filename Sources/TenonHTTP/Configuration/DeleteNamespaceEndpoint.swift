internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `DELETE /namespaces/{namespace_id}`
struct DeleteNamespaceEndpoint: Endpoint {
    static let operation = Operation(
        "deleteNamespace", .delete, "/namespaces/{namespace_id}", tag: "Configuration",
        summary: "Take a namespace away for good",
        description: """
            Refused while it has entries, unless `force=true` deletes them too. Their histories go with it. `If-Match` is honoured.
            """,
        access: .permission(DeleteNamespace.permission),
        query: [
            QueryParameter(
                "force", "true deletes its entries with it.", schema: ["type": "boolean", "default": false])
        ],
        success: .noContent, failures: [.namespaceNotFound, .namespaceNotEmpty, .preconditionFailed])

    private let delete: DeleteNamespace

    init(_ delete: DeleteNamespace) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await delete.execute(
            DeleteNamespace.Input(
                id: try request.namespaceID, isForced: try request.query.flag("force") ?? false,
                if: request.precondition),
            as: request.caller)
        return Answer(NoReply())
    }
}
