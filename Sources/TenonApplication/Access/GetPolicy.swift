public import TenonDomain

/// One policy.
public struct GetPolicy: Sendable {
    public static let permission = Permission.policiesRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `policyNotFound`.
    public func execute(_ id: PolicyID, as caller: Caller) async throws(Failure) -> Policy {
        let policy = try await transactions.reads(for: caller).policies.require(id)
        try authorizer.require(Self.permission, on: policy, as: caller)
        return policy
    }
}
