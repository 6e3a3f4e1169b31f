internal import TenonDomain

extension ContextTables {
    static let identity = ContextTables(
        tables: [
            .registry("tenants"), .registry("tenant_databases"),
            // Unique over all tenants: another one may have taken the value since the backup.
            .rows("users", without: ["is_personal"]), .rows("user_identities"), .rows("api_keys"),
            .rows("api_key_credentials"), .rows("sso_connections"),
            // Some may have been ended for a reason.
            .transient("sessions"), .transient("password_resets"),
            .transient("sso_spent_states", restore: .kept), .registry("seen_signatures"),
        ],
        sealed: [
            .byID(
                .apiKeyCredentials, "sealed_secret", count: "count_sealed_api_key_credentials",
                page: "select_sealed_api_key_credentials", update: "reseal_api_key_credentials"),
            .byID(
                .ssoConnections, "sealed_client_secret", count: "count_sealed_sso_connections",
                page: "select_sealed_sso_connections", update: "reseal_sso_connections"),
        ],
        directory: [.email, .username, .apiKey, .apiKeySecret, .ssoConnection])
}

extension DirectoryKind {
    static let email = DirectoryKind("email", "SELECT email_digest AS digest, tenant_id, id FROM tenon.users")
    static let username = DirectoryKind("username", "SELECT username_digest AS digest, tenant_id, id FROM tenon.users")
    static let apiKey = DirectoryKind("api_key", "SELECT id_digest AS digest, tenant_id, id FROM tenon.api_keys")
    static let apiKeySecret = DirectoryKind(
        "api_key_secret", "SELECT digest, tenant_id, key_id AS id FROM tenon.api_key_credentials")
    static let ssoConnection = DirectoryKind(
        "sso_connection", "SELECT id_digest AS digest, tenant_id, id FROM tenon.sso_connections")
}
