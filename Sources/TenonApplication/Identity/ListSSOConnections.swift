public import TenonDomain

/// The tenant's connections by name, without those that the caller may not read.
public struct ListSSOConnections: Sendable {
    public static let permission = Permission.ssoRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<SSOConnection> {
        let stores = try transactions.reads(for: caller)
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(page, sortKey: \.name.text) { page throws(Failure) in try await stores.sso.connections(page) }
    }
}
