public import TenonDomain

/// One user of the caller's tenant.
public struct GetUser: Sendable {
    public static let permission = Permission.usersRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `userNotFound`.
    public func execute(_ id: UserID, as caller: Caller) async throws(Failure) -> User {
        guard let user = try await transactions.reads(for: caller).users.user(id) else { throw .noUser }
        try authorizer.require(Self.permission, on: user, as: caller)
        return user
    }
}
