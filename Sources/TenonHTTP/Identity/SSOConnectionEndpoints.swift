internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension PathParameter<SSOConnectionID> {
    static var ssoConnection: Self {
        PathParameter(name: "connection_id", description: "The connection's id.", failure: .ssoConnectionNotFound)
    }
}

/// Never with anything of the secret.
extension SSOConnection: Presented {
    fileprivate static let name = member("name") { $0.name }
    fileprivate static let preset = member("preset") { $0.preset }
    fileprivate static let issuer = member("issuer") { $0.settings.issuer }
    fileprivate static let clientID = member("client_id") { $0.settings.clientID }
    fileprivate static let scopes = member("scopes") { $0.settings.scopes }
    fileprivate static let domains = member("domains") { ListOf<ClaimedDomains>($0.settings.domains) }
    fileprivate static let emailClaim = member("email_claim") { $0.settings.claims.email }
    fileprivate static let emailVerifiedClaim = member("email_verified_claim") { $0.settings.claims.emailVerified }
    fileprivate static let nameClaim = member("name_claim") { $0.settings.claims.name }
    fileprivate static let rolesClaim = member("roles_claim") { $0.settings.claims.roles }
    fileprivate static let roleMapping = member("role_mapping") { RoleMapping($0.settings.roleMapping) }
    fileprivate static let defaultRoles = member("default_roles") { ListOf<DefaultRoles>($0.settings.defaultRoles) }
    fileprivate static let createsUsers = member("creates_users") { $0.settings.createsUsers }
    fileprivate static let status = member("status") { $0.settings.status }

    static let fields = Fields<SSOConnection>(
        "SSOConnectionReply", example: example,
        member("id") { $0.id }, member("tenant_id") { $0.tenant }, name, preset, issuer, clientID,
        member("has_client_secret") { $0.sealedSecret != nil }, scopes, domains, emailClaim, emailVerifiedClaim,
        nameClaim, rolesClaim, roleMapping, defaultRoles, createsUsers, status,
        member("login_path") { SSOPaths.login(of: $0.id) }, member("callback_path") { SSOPaths.callback(of: $0.id) },
        member("created_at") { $0.createdAt }, member("updated_at") { $0.updatedAt })

    var entityTag: EntityTag? { EntityTag(version: version) }

    private static var example: SSOConnection {
        do {
            let settings = try SSOSettingsPatch(
                clientID: .example, domains: [.example], roleMapping: RoleMapping.example.roles
            ).settings(by: .keycloak, issuer: .example)
            return create(
                id: .example, tenant: .example, name: .example, preset: .keycloak, settings: settings,
                sealedSecret: SealedBytes([]), at: .example
            ).0
        } catch {
            preconditionFailure("The example is refused: \(error.detail)")
        }
    }
}

/// Where browsers begin and end a login. The second is what the provider must know.
enum SSOPaths {
    static func login(of id: SSOConnectionID) -> String { "/api/v1/auth/sso/\(id)/login" }
    static func callback(of id: SSOConnectionID) -> String { "/api/v1/auth/sso/\(id)/callback" }
}

extension SSOSettingsPatch {
    /// The members that creating and changing share.
    fileprivate init(from fields: inout FieldReader, clientID: OAuthClientID?, domains: ListOf<ClaimedDomains>?) {
        self.init(
            clientID: clientID, scopes: fields.optional(SSOConnection.scopes), domains: domains?.items,
            emailClaim: fields.optional(SSOConnection.emailClaim),
            emailVerifiedClaim: fields.optional(SSOConnection.emailVerifiedClaim),
            nameClaim: fields.optional(SSOConnection.nameClaim), rolesClaim: fields.optional(SSOConnection.rolesClaim),
            roleMapping: fields.optional(SSOConnection.roleMapping)?.roles,
            defaultRoles: fields.optional(SSOConnection.defaultRoles)?.set,
            createsUsers: fields.optional(SSOConnection.createsUsers), status: fields.optional(SSOConnection.status))
    }
}

extension EndpointCatalog {
    mutating func addSSOConnections(_ useCases: SSOUseCases, paging: Paging) {
        let connections = Resource<SSOConnection, SSOConnectionID>("/sso-connections", .ssoConnection, tag: "Identity")
        // Of Logto alone the operator may know the issuer.
        let create = BodyReading<Void, CreateSSOConnection.Input>(
            showing: ["preset", "issuer", "client_secret", "role_mapping"],
            relations: .anyOf(
                ["properties": ["issuer": ["type": "string"]], "required": ["issuer"]],
                ["properties": ["preset": ["const": "logto"]], "required": ["preset"]])
        ) { fields, _ in
            let name = fields.required(SSOConnection.name)
            let clientID = fields.required(SSOConnection.clientID)
            let domains = fields.required(SSOConnection.domains)
            return CreateSSOConnection.Input(
                name: name, preset: fields.optional(SSOConnection.preset) ?? .generic,
                issuer: fields.optional(SSOConnection.issuer),
                settings: SSOSettingsPatch(from: &fields, clientID: clientID, domains: domains),
                secret: fields.optional("client_secret"))
        }
        let update = BodyReading<Target<SSOConnectionID>, UpdateSSOConnection.Input>(
            showing: ["role_mapping", "default_roles"]
        ) { fields, target in
            let clientID = fields.optional(SSOConnection.clientID)
            let domains = fields.optional(SSOConnection.domains)
            return UpdateSSOConnection.Input(
                id: target.id, settings: SSOSettingsPatch(from: &fields, clientID: clientID, domains: domains),
                secret: fields.patched("client_secret"), if: target.condition)
        }
        add(
            connections.createOnce(
                "createSSOConnection", "Connect the tenant to an identity provider",
                """
                An OpenID provider, such as Logto or Keycloak. The preset fills in where the provider says what, and its scopes. Register the connection's `callback_path` at the provider. `client_secret` is kept encrypted and never answered; without one Tenon is a public client. Only owners may map to the role `owner`, and owners come in over no other connection. `issuer` may be left out for Logto where the operator has set LOGTO_ENDPOINT.
                """, for: .permission(CreateSSOConnection.permission),
                failures: [.ssoConnectionNameTaken, .tooManySSOConnections], body: create,
                key: \.id, by: useCases.createConnection
            ) { create, input, caller throws(Failure) in
                try await create.execute(input, as: caller)
            })
        add(
            connections.list(
                "listSSOConnections", "The tenant's connections to identity providers by name",
                "All connections of the caller's tenant, page by page.",
                for: .permission(ListSSOConnections.permission), paging
            ) { page, _, caller throws(Failure) in
                try await useCases.listConnections.execute(page, as: caller)
            })
        add(
            connections.get(
                "getSSOConnection", "One connection to an identity provider",
                "Answers 404 for a connection of another tenant as for one that does not exist.",
                for: .permission(GetSSOConnection.permission), run: useCases.getConnection.execute))
        add(
            connections.update(
                "updateSSOConnection", "Change a connection to an identity provider",
                """
                What is not named stays; lists and the role mapping are replaced whole. `client_secret` with `null` makes Tenon a public client. The name, the preset and the issuer never change: another issuer's people are other people. A connection that maps to the role `owner` is changed by owners alone. `If-Match` is honoured.
                """, for: .permission(UpdateSSOConnection.permission), body: update,
                run: useCases.updateConnection.execute))
        add(
            connections.delete(
                "deleteSSOConnection", "Take a connection to an identity provider away",
                """
                Nobody signs in over it any more, and who came over it is forgotten. The users stay, and so do their sessions. `If-Match` is honoured.
                """, for: .permission(DeleteSSOConnection.permission)
            ) { target, _, caller throws(Failure) in
                try await useCases.deleteConnection.execute(
                    DeleteSSOConnection.Input(id: target.id, if: target.condition), as: caller)
            })
    }
}
