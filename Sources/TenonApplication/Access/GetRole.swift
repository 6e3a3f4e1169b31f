public import TenonDomain

/// One role.
public struct GetRole: Sendable {
    public static let permission = Permission.policiesRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `roleNotFound`.
    public func execute(_ role: Role, as caller: Caller) async throws(Failure) -> RoleView {
        try authorizer.require(Self.permission, on: TenantScope(try caller.requireTenant()), as: caller)
        if Role.builtIn.contains(role) { return RoleView(builtIn: role) }
        return RoleView(try await transactions.reads(for: caller).policies.require(role))
    }
}
