internal import TenonApplication
internal import TenonDomain

extension EndpointCatalog {
    mutating func addSSO(_ useCases: SSOUseCases, paging: Paging) {
        add(CreateSSOConnectionEndpoint(useCases.createConnection))
        add(ListSSOConnectionsEndpoint(useCases.listConnections, paging: paging))
        add(GetSSOConnectionEndpoint(useCases.getConnection))
        add(UpdateSSOConnectionEndpoint(useCases.updateConnection))
        add(DeleteSSOConnectionEndpoint(useCases.deleteConnection))
        add(BeginSSOLoginEndpoint(useCases))
        add(CompleteSSOLoginEndpoint(useCases))
    }
}

/// `POST /sso-connections`
struct CreateSSOConnectionEndpoint: Endpoint {
    static let operation = Operation(
        "createSSOConnection", .post, "/sso-connections", tag: "Identity",
        summary: "Connect the tenant to an identity provider",
        description: """
            An OpenID provider, such as Logto or Keycloak. The preset fills in where the provider says what, and its scopes. Register the connection's `callback_path` at the provider. `client_secret` is kept encrypted and never answered; without one Tenon is a public client. Only owners may map to the role `owner`, and owners come in over no other connection. `issuer` may be left out for Logto where the operator has set LOGTO_ENDPOINT.
            """,
        access: .permission(CreateSSOConnection.permission), success: .created, failures: [.ssoConnectionNameTaken],
        takesIdempotencyKey: true)

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

/// `GET /sso-connections`
struct ListSSOConnectionsEndpoint: Endpoint {
    static let operation = Operation(
        "listSSOConnections", .get, "/sso-connections", tag: "Identity",
        summary: "The tenant's connections to identity providers by name",
        description: """
            All connections of the caller's tenant, page by page.
            """,
        access: .permission(ListSSOConnections.permission), query: Paging.parameters)

    private let connections: ListSSOConnections
    private let paging: Paging

    init(_ connections: ListSSOConnections, paging: Paging) {
        self.connections = connections
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<SSOConnectionReply>> {
        let list = "sso-connections/\(try request.caller.requireTenant())"
        let wanted = try paging.request(request.query, of: list)
        let page = try await connections.execute(wanted, as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list, as: SSOConnectionReply.init(connection:)))
    }
}

/// `GET /sso-connections/{connection_id}`
struct GetSSOConnectionEndpoint: Endpoint {
    static let operation = Operation(
        "getSSOConnection", .get, "/sso-connections/{connection_id}", tag: "Identity",
        summary: "One connection to an identity provider",
        description: """
            Answers 404 for a connection of another tenant as for one that does not exist.
            """,
        access: .permission(GetSSOConnection.permission), failures: [.ssoConnectionNotFound])

    private let get: GetSSOConnection

    init(_ get: GetSSOConnection) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<SSOConnectionReply> {
        let reply = SSOConnectionReply(
            connection: try await get.execute(try request.connectionID, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}

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

/// `DELETE /sso-connections/{connection_id}`
struct DeleteSSOConnectionEndpoint: Endpoint {
    static let operation = Operation(
        "deleteSSOConnection", .delete, "/sso-connections/{connection_id}", tag: "Identity",
        summary: "Take a connection to an identity provider away",
        description: """
            Nobody signs in over it any more, and who came over it is forgotten. The users stay, and so do their sessions. `If-Match` is honoured.
            """,
        access: .permission(DeleteSSOConnection.permission), success: .noContent,
        failures: [.ssoConnectionNotFound, .preconditionFailed])

    private let delete: DeleteSSOConnection

    init(_ delete: DeleteSSOConnection) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await delete.execute(
            DeleteSSOConnection.Input(id: try request.connectionID, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}
