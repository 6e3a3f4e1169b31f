internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension PathParameter {
    /// Those of Tenon's paths.
    static let ofTenon = [
        id("tenant_id", "The tenant's id.", of: TenantID.self),
        id("namespace_id", "The namespace's id.", of: NamespaceID.self),
        id("user_id", "The user's id.", of: UserID.self),
        id("session_id", "The session's id.", of: SessionID.self),
        id("key_id", "The API key's id.", of: APIKeyID.self),
        id("connection_id", "The connection's id.", of: SSOConnectionID.self),
        PathParameter("key", "The entry's key.", schema: ConfigKey.schema, example: .string(ConfigKey.exampleText)),
        PathParameter("role", "The role's name.", schema: Role.schema, example: "auditor"),
        id("policy_id", "The policy's id.", of: PolicyID.self),
        PathParameter(
            "version", "A version's number.", schema: VersionNumber.schema, example: VersionNumber.exampleJSON),
    ]

    private static func id<Entity: Identified>(
        _ name: String, _ description: String, of _: Identifier<Entity>.Type
    ) -> PathParameter {
        PathParameter(
            name, description, schema: Identifier<Entity>.schema,
            example: .string(Identifier<Entity>.example.description))
    }
}
