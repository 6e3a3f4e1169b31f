public import TenonDomain

/// The tenant's policies, oldest first.
public struct ListPolicies: Sendable {
    public static let permission = Permission.policiesRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<Policy> {
        try authorizer.require(Self.permission, on: TenantScope(try caller.requireTenant()), as: caller)
        return try await transactions.reads(for: caller).policies.policies(page)
    }
}
