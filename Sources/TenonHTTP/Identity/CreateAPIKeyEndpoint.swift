internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /auth/api-keys`
struct CreateAPIKeyEndpoint: Endpoint {
    static let operation = Operation(
        "createAPIKey", .post, "/auth/api-keys", tag: "Identity", summary: "Make an API key",
        description: """
            The answer shows `key`, and with `signing` of `hmac-sha256` also `signing_secret`, this once: they are stored as a digest and sealed. The key may at most what its maker may; only users make keys. Send it as `Authorization: Bearer tnk_…` or as `X-API-Key`, or sign requests with it (RFC 9421).
            """,
        access: .permission(CreateAPIKey.permission), success: .created)

    struct Body: RequestBody {
        let terms: APIKeyTerms
        let signing: SigningChoice?

        static var exampleMembers: Set<String> { ["allowed_cidrs"] }

        init(from fields: inout FieldReader) {
            let name: DisplayName = fields.required("name")
            let scopes: ScopesField = fields.required("scopes")
            let networks: AllowedNetworks? = fields.optional("allowed_cidrs")
            let expiresAt: Timestamp? = fields.optional("expires_at")
            let signing: SigningField? = fields.optional("signing")
            let requiresSignature: Bool? = fields.optional("requires_signature")
            terms = APIKeyTerms(
                name: name, scopes: scopes.scopes, networks: networks ?? .any, expiresAt: expiresAt,
                requiresSignature: requiresSignature ?? false)
            self.signing = signing?.choice
        }
    }

    private let create: CreateAPIKey

    init(_ create: CreateAPIKey) {
        self.create = create
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<IssuedAPIKeyReply> {
        let reply = IssuedAPIKeyReply(
            issued: try await create.execute(
                CreateAPIKey.Input(terms: request.body.terms, signing: request.body.signing), as: request.caller))
        return Answer(
            reply, entityTag: reply.reply.entityTag, location: reply.reply.location, caching: .none)
    }
}
