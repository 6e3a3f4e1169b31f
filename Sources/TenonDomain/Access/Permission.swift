/// What an operation needs: `<resource, plural>:<verb>`.
public struct Permission: Sendable, Hashable {
    public let name: String

    private init(_ name: String) {
        self.name = name
    }

    public static let namespacesRead = Permission("namespaces:read")
    public static let namespacesWrite = Permission("namespaces:write")
    public static let configsRead = Permission("configs:read")
    public static let configsWrite = Permission("configs:write")
    /// To see the values of secrets, on top of `configs:read`.
    public static let secretsRead = Permission("secrets:read")
    public static let usersRead = Permission("users:read")
    public static let usersWrite = Permission("users:write")
    public static let tenantsRead = Permission("tenants:read")
    public static let tenantsWrite = Permission("tenants:write")
    public static let apiKeysRead = Permission("api_keys:read")
    public static let apiKeysWrite = Permission("api_keys:write")
    public static let ssoRead = Permission("sso:read")
    public static let ssoWrite = Permission("sso:write")
    public static let policiesRead = Permission("policies:read")
    public static let policiesWrite = Permission("policies:write")
    public static let auditRead = Permission("audit:read")
    public static let quotasRead = Permission("quotas:read")
    public static let quotasWrite = Permission("quotas:write")

    /// Every permission there is.
    public static let all: [Permission] = [
        .namespacesRead, .namespacesWrite, .configsRead, .configsWrite, .secretsRead, .usersRead, .usersWrite,
        .tenantsRead, .tenantsWrite, .apiKeysRead, .apiKeysWrite, .ssoRead, .ssoWrite, .policiesRead, .policiesWrite,
        .auditRead, .quotasRead, .quotasWrite,
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The permission of that name; nil where there is none.
    public init?(named name: String) {
        guard let known = Self.byName[name] else { return nil }
        self = known
    }
}
