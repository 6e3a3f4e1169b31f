internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /namespaces/{namespace_id}`
struct GetNamespaceEndpoint: Endpoint {
    static let operation = Operation(
        "getNamespace", .get, "/namespaces/{namespace_id}", tag: "Configuration", summary: "One namespace",
        description: """
            Answers 404 for a namespace of another tenant as for one that does not exist.
            """,
        access: .permission(GetNamespace.permission), failures: [.namespaceNotFound])

    private let get: GetNamespace

    init(_ get: GetNamespace) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NamespaceReply> {
        let reply = NamespaceReply(
            namespace: try await get.execute(try request.namespaceID, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}

extension EndpointRequest {
    /// The captured `{namespace_id}`.
    var namespaceID: NamespaceID {
        get throws(Failure) { try path("namespace_id", orFail: .namespaceNotFound) { NamespaceID($0) } }
    }
}
