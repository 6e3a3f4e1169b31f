public import TenonDomain

/// Who am I: the caller's user, tenant, roles and effective permissions.
public struct GetCurrentUser: Sendable {
    public struct Output: Sendable {
        public let user: User
        /// Nil for an administrator of the platform.
        public let tenant: Tenant?
        public let permissions: Set<Permission>
    }

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    public init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `notAuthenticated`, also where the user is gone.
    public func execute(as caller: Caller) async throws(Failure) -> Output {
        let id = try caller.requireUser().id
        let stores = try transactions.reads(for: caller)
        guard let user = try await stores.users.user(id) else {
            throw Failure(.notAuthenticated, "Sign in again.")
        }
        let tenant = user.tenant == .platform ? nil : try await stores.tenants.tenant(user.tenant)
        return Output(user: user, tenant: tenant, permissions: authorizer.permissions(of: caller))
    }
}
