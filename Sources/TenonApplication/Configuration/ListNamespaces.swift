public import TenonDomain

/// The tenant's namespaces by name, without those that the caller may not read.
public struct ListNamespaces: Sendable {
    public static let permission = Permission.namespacesRead

    public struct Input: Sendable {
        /// Only the one of this name.
        public let name: NamespaceName?
        public let page: PageRequest

        public init(name: NamespaceName? = nil, page: PageRequest) {
            self.name = name
            self.page = page
        }
    }

    let stores: Reads<any HasConfiguration>
    let authorizer: any Authorizer

    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<Namespace> {
        let store = try stores.for(caller).configuration
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(input.page, sortKey: \.name.text) { page throws(Failure) in
                try await store.namespaces(named: input.name, page)
            }
    }
}
