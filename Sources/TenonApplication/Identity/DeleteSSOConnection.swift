public import TenonDomain

/// Deletes a connection, and the links of users to their identities at its provider. The users stay; those without a
/// password cannot sign in until they choose one or are linked again.
public struct DeleteSSOConnection: Sendable {
    public static let permission = Permission.ssoWrite

    public struct Input: Sendable {
        public let id: SSOConnectionID
        public let precondition: Precondition

        public init(id: SSOConnectionID, if precondition: Precondition = .none) {
            self.id = id
            self.precondition = precondition
        }
    }

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `ssoConnectionNotFound` and `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await transactions.write(for: caller) { work throws(Failure) in
            let connection = try await work.sso.connectionForUpdate(input.id)
            try authorizer.require(Self.permission, on: connection, as: caller)
            try input.precondition.check(connection.version)
            try await work.sso.remove(connection.id)
            work.record(connection.deleted())
        }
    }
}
