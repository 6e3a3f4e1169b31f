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

/// The addresses at which browsers start and complete a login. Register the second one at the provider.
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
                "createSSOConnection", "Create a connection to an identity provider",
                """
                An OpenID provider, such as Logto or Keycloak. The preset provides defaults for claims and scopes. Register the connection's `callback_path` at the provider. `client_secret` is stored encrypted and never returned; without one Tenon is a public client. Only owners can map to the role `owner`, and owners cannot sign in over other connections. `issuer` is optional for Logto if the operator has set LOGTO_ENDPOINT.
                """, for: .permission(CreateSSOConnection.permission),
                failures: [.ssoConnectionNameTaken, .tooManySSOConnections], body: create,
                key: \.id, by: useCases.createConnection
            ) { create, input, caller throws(Failure) in
                try await create.execute(input, as: caller)
            })
        add(
            connections.list(
                "listSSOConnections", "List connections to identity providers by name",
                "The connections of the caller's tenant that the caller may read, page by page.", paging,
                by: useCases.listConnections))
        add(
            connections.get(
                "getSSOConnection", "Get a connection to an identity provider",
                "Returns 404 for a connection that does not exist or belongs to another tenant.",
                by: useCases.getConnection))
        add(
            connections.update(
                "updateSSOConnection", "Update a connection to an identity provider",
                """
                Missing members stay unchanged; lists and the role mapping are replaced as a whole. A `client_secret` of `null` makes Tenon a public client. The name, the preset and the issuer never change, because another issuer's subjects are other people. Only owners can change a connection that maps to the role `owner`. Supports `If-Match`.
                """, for: .permission(UpdateSSOConnection.permission), body: update,
                run: useCases.updateConnection.execute))
        add(
            connections.delete(
                "deleteSSOConnection", "Delete a connection to an identity provider",
                """
                Ends logins over it and deletes its links to users. The users and their sessions stay. Supports `If-Match`.
                """, for: .permission(DeleteSSOConnection.permission)
            ) { target, _, caller throws(Failure) in
                try await useCases.deleteConnection.execute(
                    DeleteSSOConnection.Input(id: target.id, if: target.condition), as: caller)
            })
    }
}
