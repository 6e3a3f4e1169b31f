extension ContextDeclaration {
    static let audit = ContextDeclaration("audit", permissions: [.auditRead])
}

extension Permission {
    public static let auditRead = Permission("audit:read")
}
