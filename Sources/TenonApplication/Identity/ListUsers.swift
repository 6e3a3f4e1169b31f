public import TenonDomain

/// The users of the caller's tenant, oldest first, without those that the caller may not read.
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

    let stores: Reads<any HasUsers>
    let authorizer: any Authorizer

    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<User> {
        let stores = try stores.for(caller)
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(input.page, sortKey: \.id.description) { page throws(Failure) in
                try await stores.users.users(page, matching: input.filter)
            }
    }
}
