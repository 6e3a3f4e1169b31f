public import TenonDomain

/// The tenant's policies, oldest first, without those that the caller may not read.
public struct ListPolicies: Sendable {
    public static let permission = Permission.policiesRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<Policy> {
        let stores = try transactions.reads(for: caller)
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(page, sortKey: \.id.description) { page throws(Failure) in
                try await stores.policies.policies(page)
            }
    }
}
