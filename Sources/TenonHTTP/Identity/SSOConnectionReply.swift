internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// A connection; never with anything of the secret.
struct SSOConnectionReply: ReplyBody {
    let connection: SSOConnection

    func write(to fields: inout FieldWriter) {
        let settings = connection.settings
        var mapping = JSONObject()
        for (value, role) in settings.roleMapping.sorted(by: { $0.key < $1.key }) {
            mapping[value] = .string(role.name)
        }
        fields.field("id", connection.id)
        fields.field("tenant_id", connection.tenant)
        fields.field("name", connection.name.text)
        fields.field("preset", connection.preset)
        fields.field("issuer", settings.issuer.text)
        fields.field("client_id", settings.clientID.text)
        fields.field("has_client_secret", connection.sealedSecret != nil)
        fields.field("scopes", settings.scopes.names)
        fields.field("domains", settings.domains.map(\.text))
        fields.field("email_claim", settings.claims.email.text)
        fields.field("email_verified_claim", settings.claims.emailVerified.text)
        fields.field("name_claim", settings.claims.name.text)
        fields.field("roles_claim", settings.claims.roles.text)
        fields.field("role_mapping", mapping)
        fields.field("default_roles", settings.defaultRoles.sorted { $0.name < $1.name })
        fields.field("creates_users", settings.createsUsers)
        fields.field("status", settings.status)
        fields.field("login_path", SSOPaths.login(of: connection.id))
        fields.field("callback_path", SSOPaths.callback(of: connection.id))
        fields.field("created_at", connection.createdAt)
        fields.field("updated_at", connection.updatedAt)
    }

    static var example: SSOConnectionReply {
        do {
            let settings = try SSOSettingsPatch(
                clientID: .example, domains: [.example],
                roleMapping: RoleMappingField.example.roles
            ).settings(by: .keycloak, issuer: .example)
            return SSOConnectionReply(
                connection: SSOConnection.create(
                    id: .example, tenant: .example, name: .example, preset: .keycloak, settings: settings,
                    sealedSecret: SealedBytes([]), at: .example
                ).0)
        } catch {
            preconditionFailure("The example is refused: \(error.detail)")
        }
    }

    var entityTag: EntityTag { EntityTag(version: connection.version) }
    var location: String { "/api/v1/sso-connections/\(connection.id)" }
}

/// Where browsers begin and end a login. The second is what the provider must know.
enum SSOPaths {
    static func login(of id: SSOConnectionID) -> String { "/api/v1/auth/sso/\(id)/login" }
    static func callback(of id: SSOConnectionID) -> String { "/api/v1/auth/sso/\(id)/callback" }
}

extension EndpointRequest {
    /// The captured `{connection_id}`.
    var connectionID: SSOConnectionID {
        get throws(Failure) { try path("connection_id", orFail: .ssoConnectionNotFound) { SSOConnectionID($0) } }
    }
}
