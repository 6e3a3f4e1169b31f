internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /namespaces`
struct CreateNamespaceEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "createNamespace", .post, "/namespaces", tag: "Configuration", summary: "Make a namespace",
        description: """
            A namespace groups entries, such as one for each environment. Its name is unique within the tenant
            and never changes: references and command lines use it as an address.
            """,
        access: .permission(CreateNamespace.permission), success: .created, failures: [.namespaceNameTaken],
        takesIdempotencyKey: true)

    struct Body: RequestBody {
        let name: NamespaceName
        let description: Description?
        let requiresIfMatch: Bool?

        static var exampleMembers: Set<String> { ["description", "require_if_match"] }

        init(from fields: inout FieldReader) {
            name = fields.required("name")
            description = fields.optional("description")
            requiresIfMatch = fields.optional("require_if_match")
        }
    }

    private let create: CreateNamespace

    init(_ create: CreateNamespace) {
        self.create = create
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(create.joining(transaction)) }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<NamespaceReply> {
        let namespace = try await create.execute(
            CreateNamespace.Input(
                name: request.body.name, description: request.body.description,
                requiresIfMatch: request.body.requiresIfMatch ?? false),
            as: request.caller)
        let reply = NamespaceReply(namespace: namespace)
        return Answer(reply, entityTag: reply.entityTag, location: reply.location)
    }
}
