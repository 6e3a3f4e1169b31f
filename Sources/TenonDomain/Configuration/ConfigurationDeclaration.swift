extension ContextDeclaration {
    static let configuration = ContextDeclaration(
        "configuration",
        permissions: [.namespacesRead, .namespacesWrite, .configsRead, .configsWrite, .secretsRead],
        events: [
            .namespaceCreated, .namespaceUpdated, .namespaceDeleted, .configCreated, .configUpdated, .configDeleted,
            .configRestored, .configRolledBack, .configsRevised, .configRevealed,
        ])
}

extension Permission {
    public static let namespacesRead = Permission("namespaces:read")
    public static let namespacesWrite = Permission("namespaces:write")
    public static let configsRead = Permission("configs:read")
    public static let configsWrite = Permission("configs:write")
    /// Reads the values of secrets, in addition to `configs:read`.
    public static let secretsRead = Permission("secrets:read")
}
