public import TenonDomain

/// The tenant's keys in the order of their making.
public struct ListAPIKeys: Sendable {
    public static let permission = Permission.apiKeysRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<APIKey> {
        try authorizer.require(Self.permission, on: TenantScope(try caller.requireTenant()), as: caller)
        return try await transactions.reads(for: caller).apiKeys.keys(page)
    }
}
