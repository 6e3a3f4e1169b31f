internal import TenonDomain

/// One permission of one caller, asked for many resources: once where no rule looks at them, else for each.
struct PermissionCheck: Sendable {
    private let permission: Permission
    private let caller: Caller
    private let authorizer: any Authorizer
    /// Whether the caller may on every resource of its tenant: then none need be looked at.
    let isUnconditional: Bool

    init(_ permission: Permission, of caller: Caller, by authorizer: any Authorizer) {
        self.permission = permission
        self.caller = caller
        self.authorizer = authorizer
        isUnconditional = authorizer.grants(permission, for: caller)
    }

    /// Whether the caller may on this resource of its tenant.
    func passes(_ resource: some Protected) -> Bool {
        resource.owner == caller.tenant
            && (isUnconditional || authorizer.permits(permission, on: resource, for: caller))
    }

    /// Fails with `permissionDenied`.
    func require(on resource: some Protected) throws(Failure) {
        guard passes(resource) else {
            throw Failure(.permissionDenied, "This needs the permission \(permission.name).")
        }
    }

    /// The first non-empty page from `request` on, with entries the caller may not read removed; empty at the end of
    /// the list. Cursors never name a removed entry.
    func page<Item: Protected>(
        _ request: PageRequest, sortKey: (Item) -> String,
        from read: (PageRequest) async throws(Failure) -> Page<Item>
    ) async throws(Failure) -> Page<Item> {
        var page = try await read(request)
        guard !isUnconditional else { return page }
        while true {
            let seen = page.items.filter { passes($0) }
            guard seen.isEmpty, let next = page.next else {
                let items = Array(seen.prefix(request.limit))
                let isWhole = page.next == nil && items.count == seen.count
                return Page(items: items, next: isWhole ? nil : items.last.map(sortKey), total: page.total)
            }
            // A caller who may read little needs many rows read: read as many at once as a page may have.
            page = try await read(PageRequest(.after(next), limit: PageRequest.maxLimit))
        }
    }
}

extension PermissionCheck {
    /// As the permission to see secrets: whether the caller may see the entry's value, should it be one.
    func shows(_ entry: ConfigEntry) -> Bool { !entry.isSecret || passes(entry) }
}
