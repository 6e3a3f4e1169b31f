internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /sso-connections`
struct CreateSSOConnectionEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "createSSOConnection", .post, "/sso-connections", tag: "Identity",
        summary: "Connect the tenant to an identity provider",
        description: """
            An OpenID provider, such as Logto or Keycloak. The preset fills in where the provider says what, and its scopes. Register the connection's `callback_path` at the provider. `client_secret` is kept encrypted and never answered; without one Tenon is a public client. Only owners may map to the role `owner`, and owners come in over no other connection. `issuer` may be left out for Logto where the operator has set LOGTO_ENDPOINT.
            """,
        access: .permission(CreateSSOConnection.permission), success: .created,
        failures: [.ssoConnectionNameTaken, .tooManySSOConnections], takesIdempotencyKey: true)

    struct Body: RequestBody {
        let name: SSOConnectionName
        let preset: SSOPreset?
        let issuer: IssuerURL?
        let settings: SSOSettingsPatch
        let secret: Secret?

        static var exampleMembers: Set<String> {
            ["preset", "issuer", "client_secret", "role_mapping"]
        }

        /// Of Logto alone the operator may know the issuer.
        static var relations: JSONObject {
            anyOf(
                ["properties": ["issuer": ["type": "string"]], "required": ["issuer"]],
                ["properties": ["preset": ["const": "logto"]], "required": ["preset"]])
        }

        init(from fields: inout FieldReader) {
            name = fields.required("name")
            preset = fields.optional("preset")
            issuer = fields.optional("issuer")
            let clientID: OAuthClientID = fields.required("client_id")
            let domains: ClaimedDomains = fields.required("domains")
            secret = fields.optional("client_secret")
            settings = SSOSettingsPatch(from: &fields, clientID: clientID, domains: domains)
        }
    }

    private let create: CreateSSOConnection

    init(_ create: CreateSSOConnection) {
        self.create = create
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(create.joining(transaction)) }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<SSOConnectionReply> {
        let body = request.body
        let connection = try await create.execute(
            CreateSSOConnection.Input(
                name: body.name, preset: body.preset ?? .generic, issuer: body.issuer, settings: body.settings,
                secret: body.secret),
            as: request.caller)
        let reply = SSOConnectionReply(connection: connection)
        return Answer(reply, entityTag: reply.entityTag, location: reply.location)
    }
}
