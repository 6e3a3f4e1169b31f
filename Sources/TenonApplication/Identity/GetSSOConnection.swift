public import TenonDomain

/// One connection by its id.
public struct GetSSOConnection: Sendable {
    public static let permission = Permission.ssoRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `ssoConnectionNotFound`.
    public func execute(_ id: SSOConnectionID, as caller: Caller) async throws(Failure) -> SSOConnection {
        let connection = try await transactions.reads(for: caller).sso.connection(id)
        try authorizer.require(Self.permission, on: connection, as: caller)
        return connection
    }
}
