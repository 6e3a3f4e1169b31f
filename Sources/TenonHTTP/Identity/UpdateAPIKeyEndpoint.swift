internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `PATCH /auth/api-keys/{key_id}`
struct UpdateAPIKeyEndpoint: Endpoint {
    static let operation = Operation(
        "updateAPIKey", .patch, "/auth/api-keys/{key_id}", tag: "Identity",
        summary: "Change what an API key may do, and where",
        description: """
            A merge patch (RFC 7396). Takes effect on every process within a second. A scope is added only by who holds it. `If-Match` is honoured.
            """,
        access: .permission(UpdateAPIKey.permission),
        failures: [.apiKeyNotFound, .preconditionFailed])

    struct Body: RequestBody {
        let name: DisplayName?
        let scopes: ScopesField?
        let networks: AllowedNetworks?
        let expiresAt: PatchMember<Timestamp>
        let requiresSignature: Bool?
        let status: APIKeyStatus?

        static var exampleMembers: Set<String> { ["name", "status"] }

        init(from fields: inout FieldReader) {
            name = fields.optional("name")
            scopes = fields.optional("scopes")
            networks = fields.optional("allowed_cidrs")
            expiresAt = fields.patched("expires_at")
            requiresSignature = fields.optional("requires_signature")
            status = fields.optional("status")
        }
    }

    private let update: UpdateAPIKey

    init(_ update: UpdateAPIKey) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<APIKeyReply> {
        let body = request.body
        let reply = APIKeyReply(
            key: try await update.execute(
                UpdateAPIKey.Input(
                    id: try request.apiKeyID, name: body.name, scopes: body.scopes?.scopes, networks: body.networks,
                    expiresAt: body.expiresAt, requiresSignature: body.requiresSignature, status: body.status,
                    if: request.precondition),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
