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
}
