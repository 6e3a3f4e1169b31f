internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `PATCH /namespaces/{namespace_id}`
struct UpdateNamespaceEndpoint: Endpoint {
    static let operation = Operation(
        "updateNamespace", .patch, "/namespaces/{namespace_id}", tag: "Configuration",
        summary: "Change what a namespace says of itself",
        description: """
            A merge patch (RFC 7396). The name is an address and never changes. `If-Match` is honoured.
            """,
        access: .permission(UpdateNamespace.permission), failures: [.namespaceNotFound, .preconditionFailed])

    struct Body: RequestBody {
        let description: PatchMember<Description>
        let requiresIfMatch: Bool?

        static var exampleMembers: Set<String> { ["description", "require_if_match"] }

        init(from fields: inout FieldReader) {
            description = fields.patched("description")
            requiresIfMatch = fields.optional("require_if_match")
        }
    }

    private let update: UpdateNamespace

    init(_ update: UpdateNamespace) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<NamespaceReply> {
        let reply = NamespaceReply(
            namespace: try await update.execute(
                UpdateNamespace.Input(
                    id: try request.namespaceID, description: request.body.description,
                    requiresIfMatch: request.body.requiresIfMatch, if: request.precondition),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
