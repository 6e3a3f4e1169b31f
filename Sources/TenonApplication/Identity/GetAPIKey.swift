public import TenonDomain

/// One key, without its secret.
public struct GetAPIKey: Sendable {
    public static let permission = Permission.apiKeysRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `apiKeyNotFound`.
    public func execute(_ id: APIKeyID, as caller: Caller) async throws(Failure) -> APIKey {
        let key = try await transactions.reads(for: caller).apiKeys.key(id)
        try authorizer.require(Self.permission, on: key, as: caller)
        return key
    }
}
