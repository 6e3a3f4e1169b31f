public import TenonDomain

/// Lists the platform's tenants for its administrators, and for other callers their own.
public struct ListTenants: Sendable {
    public static let permission = Permission.tenantsRead

    public struct Input: Sendable {
        public let filter: TenantFilter
        public let page: PageRequest

        public init(_ filter: TenantFilter = TenantFilter(), page: PageRequest) {
            self.filter = filter
            self.page = page
        }
    }

    let stores: Reads<any HasTenants>
    let catalog: any TenantCatalog
    let authorizer: any Authorizer

    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<Tenant> {
        let own = try caller.requireTenant()
        try authorizer.require(Self.permission, on: TenantScope(own), as: caller)
        guard own != .platform else { return try await catalog.tenants(input.filter, input.page) }
        let found = try await stores.in(own).tenants.tenant(own).map { [$0] } ?? []
        let admitted = found.filter { input.filter.admits($0) }
        let isFirst = input.page.offset == 0 && input.page.lowerBound.isEmpty
        return Page(
            items: isFirst ? admitted : [], next: nil, total: input.page.isNumbered ? admitted.count : nil)
    }
}
