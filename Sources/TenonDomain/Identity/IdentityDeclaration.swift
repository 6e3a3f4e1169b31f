extension ContextDeclaration {
    static let identity = ContextDeclaration(
        "identity",
        permissions: [
            .usersRead, .usersWrite, .tenantsRead, .tenantsWrite, .apiKeysRead, .apiKeysWrite, .ssoRead, .ssoWrite,
        ],
        events: [
            .tenantRegistered, .tenantChanged, .tenantSuspended, .tenantResumed, .tenantCondemned, .tenantRestored,
            .tenantProvisioned, .tenantErasureBegun, .tenantErased, .tenantRowsRestored,
            .userRegistered, .userChanged, .userRemoved, .userIdentityLinked, .passwordChanged,
            .passwordResetRequested, .passwordResetIssued, .passwordResetRefused,
            .sessionBegun, .sessionsEnded, .sessionEnded, .signInRefused, .refreshRefused,
            .apiKeyCreated, .apiKeyUpdated, .apiKeyRotated, .apiKeyRevoked, .apiKeyRefused,
            .ssoConnectionCreated, .ssoConnectionUpdated, .ssoConnectionDeleted,
        ])
}

extension Permission {
    public static let usersRead = Permission("users:read")
    public static let usersWrite = Permission("users:write")
    public static let tenantsRead = Permission("tenants:read")
    public static let tenantsWrite = Permission("tenants:write")
    public static let apiKeysRead = Permission("api_keys:read")
    public static let apiKeysWrite = Permission("api_keys:write")
    public static let ssoRead = Permission("sso:read")
    public static let ssoWrite = Permission("sso:write")
}
