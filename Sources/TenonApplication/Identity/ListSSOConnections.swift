public import TenonDomain

/// The tenant's connections by name.
public struct ListSSOConnections: Sendable {
    public static let permission = Permission.ssoRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<SSOConnection> {
        try authorizer.require(Self.permission, on: TenantScope(try caller.requireTenant()), as: caller)
        return try await transactions.reads(for: caller).sso.connections(page)
    }
}
