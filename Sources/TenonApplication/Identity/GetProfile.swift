public import TenonDomain

/// What the caller says of itself.
public struct GetProfile: Sendable {
    private let transactions: any Transactions

    init(transactions: any Transactions) {
        self.transactions = transactions
    }

    /// Fails with `notAuthenticated`, also where the user is gone.
    public func execute(as caller: Caller) async throws(Failure) -> User {
        let id = try caller.requireUser().id
        guard let user = try await transactions.reads(for: caller).users.user(id) else {
            throw Failure(.notAuthenticated, "Sign in again.")
        }
        return user
    }
}
