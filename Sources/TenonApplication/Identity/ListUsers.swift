public import TenonDomain

/// The users of the caller's tenant, oldest first.
public struct ListUsers: Sendable {
    public static let permission = Permission.usersRead

    public struct Input: Sendable {
        public let filter: UserFilter
        public let page: PageRequest

        public init(filter: UserFilter = UserFilter(), page: PageRequest = PageRequest()) {
            self.filter = filter
            self.page = page
        }
    }

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<User> {
        try authorizer.require(Self.permission, on: TenantScope(try caller.requireTenant()), as: caller)
        return try await transactions.reads(for: caller).users.users(input.page, matching: input.filter)
    }
}
