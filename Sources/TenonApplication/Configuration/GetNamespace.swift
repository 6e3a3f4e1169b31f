public import TenonDomain

/// One namespace by its id.
public struct GetNamespace: Sendable {
    public static let permission = Permission.namespacesRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `namespaceNotFound`.
    public func execute(_ id: NamespaceID, as caller: Caller) async throws(Failure) -> Namespace {
        let namespace = try await transactions.reads(for: caller).configuration.namespace(id)
        try authorizer.require(Self.permission, on: namespace, as: caller)
        return namespace
    }
}
