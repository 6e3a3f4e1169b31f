extension ContextDeclaration {
    static let access = ContextDeclaration(
        "access", permissions: [.policiesRead, .policiesWrite],
        events: [.roleCreated, .roleChanged, .roleRemoved, .policyCreated, .policyChanged, .policyRemoved])
}

extension Permission {
    public static let policiesRead = Permission("policies:read")
    public static let policiesWrite = Permission("policies:write")
}
