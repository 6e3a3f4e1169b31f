extension ContextDeclaration {
    static let quotas = ContextDeclaration("quotas", permissions: [.quotasRead, .quotasWrite])
}

extension Permission {
    public static let quotasRead = Permission("quotas:read")
    public static let quotasWrite = Permission("quotas:write")
}
