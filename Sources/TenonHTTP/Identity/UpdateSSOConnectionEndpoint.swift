internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `PATCH /sso-connections/{connection_id}`
struct UpdateSSOConnectionEndpoint: Endpoint {
    static let operation = Operation(
        "updateSSOConnection", .patch, "/sso-connections/{connection_id}", tag: "Identity",
        summary: "Change a connection to an identity provider",
        description: """
            What is not named stays; lists and the role mapping are replaced whole. `client_secret` with `null` makes Tenon a public client. The name, the preset and the issuer never change: another issuer's people are other people. A connection that maps to the role `owner` is changed by owners alone. `If-Match` is honoured.
            """,
        access: .permission(UpdateSSOConnection.permission), failures: [.ssoConnectionNotFound, .preconditionFailed])

    struct Body: RequestBody {
        let settings: SSOSettingsPatch
        let secret: PatchMember<Secret>

        static var exampleMembers: Set<String> { ["role_mapping", "default_roles"] }

        init(from fields: inout FieldReader) {
            let clientID: OAuthClientID? = fields.optional("client_id")
            let domains: ClaimedDomains? = fields.optional("domains")
            secret = fields.patched("client_secret")
            settings = SSOSettingsPatch(from: &fields, clientID: clientID, domains: domains)
        }
    }

    private let update: UpdateSSOConnection

    init(_ update: UpdateSSOConnection) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<SSOConnectionReply> {
        let reply = SSOConnectionReply(
            connection: try await update.execute(
                UpdateSSOConnection.Input(
                    id: try request.connectionID, settings: request.body.settings, secret: request.body.secret,
                    if: request.precondition),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
