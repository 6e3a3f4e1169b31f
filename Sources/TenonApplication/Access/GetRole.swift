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
        let view =
            if Role.builtIn.contains(role) {
                RoleView(builtIn: role, of: try caller.requireTenant())
            } else {
                RoleView(try await transactions.reads(for: caller).policies.require(role))
            }
        try authorizer.require(Self.permission, on: view, as: caller)
        return view
    }
}
