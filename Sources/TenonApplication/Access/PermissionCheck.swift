internal import TenonDomain
internal import TenonKit

/// One permission of one caller, asked for many resources: once where no rule looks at them, else for each.
struct PermissionCheck: Sendable {
    private let permission: Permission
    private let caller: Caller
    private let authorizer: any Authorizer
    /// About what it costs to read a page.
    private static let stepsOfPage = 50_000

    /// Whether the caller may on every resource of its tenant: then none need be looked at.
    let isUnconditional: Bool

    init(_ permission: Permission, of caller: Caller, by authorizer: any Authorizer) {
        self.permission = permission
        self.caller = caller
        self.authorizer = authorizer
        isUnconditional = authorizer.grants(permission, for: caller)
    }

    /// Whether the caller may on this resource of its tenant. Fails as `Authorizer.permits` does.
    func passes(_ resource: some Protected) throws(Failure) -> Bool {
        guard resource.owner == caller.tenant else { return false }
        if isUnconditional { return true }
        return try authorizer.permits(permission, on: resource, for: caller)
    }

    /// Those that the caller may on.
    func passing<Item: Protected>(_ items: [Item]) throws(Failure) -> [Item] {
        guard !isUnconditional else { return items.filter { $0.owner == caller.tenant } }
        var passing: [Item] = []
        for item in items where try passes(item) { passing.append(item) }
        return passing
    }

    /// Fails with `permissionDenied`.
    func require(on resource: some Protected) throws(Failure) {
        guard try passes(resource) else { throw refusal }
    }

    /// A page of a list, with what the caller may not read left out: a cursor says that the caller may read more, and
    /// names nothing else. By number, pages and their total count what the caller may read, for which the whole list is
    /// read. A page has no more `bytes` than the store's.
    func page<Item: Protected>(
        _ request: PageRequest, sortKey: (Item) -> String, bytes: (Item) -> Int = { _ in 0 },
        from read: (PageRequest) async throws(Failure) -> Page<Item>
    ) async throws(Failure) -> Page<Item> {
        guard !isUnconditional else { return try await read(request) }
        let start = request.isNumbered ? .first : request.start
        // One more than is shown tells whether there are more.
        var part = PageRequest(start, limit: min(request.limit + 1, PageRequest.maxLimit))
        var found: [Item] = []
        var (size, total, hasMore) = (0, 0, false)
        while true {
            // A page that shows nothing costs reading it all the same.
            try caller.budget.spend(Self.stepsOfPage)
            let page = try await read(part)
            for item in try passing(page.items) {
                total += 1
                if total <= request.offset { continue }
                if found.count < request.limit, size < PageSize.maxBytes {
                    found.append(item)
                    size += bytes(item)
                } else {
                    if request.isNumbered, found.count < request.limit { throw PageSize.tooLarge }
                    hasMore = true
                }
            }
            guard request.isNumbered || !hasMore, let next = page.next else { break }
            // A caller who may read little needs many rows read: as many at once as a page may have.
            part = PageRequest(.after(next), limit: PageRequest.maxLimit)
        }
        return Page(
            items: found, next: hasMore && !request.isNumbered ? found.last.map(sortKey) : nil,
            total: request.isNumbered ? total : nil)
    }

    /// A page of a list of the tenant. Fails with `permissionDenied` where the caller may read nothing in it, nor the
    /// tenant as such.
    func tenantPage<Item: Protected & HasSortKey>(
        _ request: PageRequest, from read: (PageRequest) async throws(Failure) -> Page<Item>
    ) async throws(Failure) -> Page<Item> {
        let tenant = TenantScope(try caller.requireTenant())
        guard authorizer.allows(permission, for: caller) else { throw refusal }
        let page = try await page(request, sortKey: \.sortKey, from: read)
        if page.items.isEmpty, request.isFirst { try authorizer.require(permission, on: tenant, as: caller) }
        return page
    }

    private var refusal: Failure {
        Failure(.permissionDenied, "This needs the permission \(permission.name).")
    }
}
