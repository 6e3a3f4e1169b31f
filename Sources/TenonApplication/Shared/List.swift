public import TenonDomain

/// A resource whose list shows each caller what it may get.
public protocol Listable: Gettable, HasSortKey {
    associatedtype Filter: Sendable = Void

    /// In the order of the sort keys.
    static func page(
        _ page: PageRequest, matching filter: Filter, for caller: Caller, in stores: ReadStores
    ) async throws(Failure) -> Page<Self>
}

/// Lists the tenant's resources, without those that the caller may not get.
public struct List<Resource: Listable>: Sendable {
    public static var permission: Permission { Resource.readPermission }

    public struct Input: Sendable {
        public let filter: Resource.Filter
        public let page: PageRequest

        public init(filter: Resource.Filter, page: PageRequest = PageRequest()) {
            self.filter = filter
            self.page = page
        }
    }

    let stores: Reads<Resource.ReadStores>
    let authorizer: any Authorizer

    /// Fails with `permissionDenied` where the caller may get none of them, nor the tenant as such.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<Resource> {
        let stores = try stores.for(caller)
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(input.page) { page throws(Failure) in
                try await Resource.page(page, matching: input.filter, for: caller, in: stores)
            }
    }
}

extension List where Resource.Filter == Void {
    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<Resource> {
        try await execute(Input(filter: (), page: page), as: caller)
    }
}
