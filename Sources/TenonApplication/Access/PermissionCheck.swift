internal import TenonDomain

/// Checks one permission of one caller for many resources: once if no rule depends on the resource, else for each.
struct PermissionCheck: Sendable {
    private let permission: Permission
    private let caller: Caller
    private let authorizer: any Authorizer
    /// The approximate cost of reading a page.
    private static let stepsOfPage = 50_000

    /// Whether the caller may access every resource of its tenant, so that none need be checked.
    let isUnconditional: Bool

    init(_ permission: Permission, of caller: Caller, by authorizer: any Authorizer) {
        self.permission = permission
        self.caller = caller
        self.authorizer = authorizer
        isUnconditional = authorizer.grants(permission, for: caller)
    }

    /// Whether the caller may access this resource of its tenant. Fails like `Authorizer.permits`.
    func passes(_ resource: some Protected) throws(Failure) -> Bool {
        guard resource.owner == caller.tenant else { return false }
        if isUnconditional { return true }
        return try authorizer.permits(permission, on: resource, for: caller)
    }

    /// The items that the caller may access.
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

    /// A page of a list, without items that the caller may not read. A cursor means that the caller may read more, and
    /// contains no hidden name. With page numbers, pages and total count only readable items, for which the whole list
    /// is read. A page has no more `bytes` than the store's.
    func page<Item: Protected>(
        _ request: PageRequest, sortKey: (Item) -> String, bytes: (Item) -> Int = { _ in 0 },
        from read: (PageRequest) async throws(Failure) -> Page<Item>
    ) async throws(Failure) -> Page<Item> {
        guard !isUnconditional else { return try await read(request) }
        let start = request.isNumbered ? .first : request.start
        // One more than shown tells whether there are more.
        var part = PageRequest(start, limit: min(request.limit + 1, PageRequest.maxLimit))
        var found: [Item] = []
        var (size, total, hasMore) = (0, 0, false)
        while true {
            // Reading a page costs the same if none of it is shown.
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
            // A caller who may read little needs many rows: read a full page at once.
            part = PageRequest(.after(next), limit: PageRequest.maxLimit)
        }
        return Page(
            items: found, next: hasMore && !request.isNumbered ? found.last.map(sortKey) : nil,
            total: request.isNumbered ? total : nil)
    }

    /// A page of a list of the tenant. Fails with `permissionDenied` if the caller may read neither an item nor the
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
        Failure(.permissionDenied, "Requires the permission \(permission.name).")
    }
}
