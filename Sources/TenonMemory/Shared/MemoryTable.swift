internal import TenonDomain

/// The resources of one kind, apart for each tenant.
struct MemoryRows<Resource: StoredResource>: Sendable {
    private var byTenant: [TenantID: [Resource.Key: Resource]] = [:]

    subscript(tenant: TenantID, key: Resource.Key) -> Resource? {
        get { byTenant[tenant]?[key] }
        set { byTenant[tenant, default: [:]][key] = newValue }
    }

    func of(_ tenant: TenantID) -> [Resource] { byTenant[tenant].map { Array($0.values) } ?? [] }

    var all: [Resource] { byTenant.values.flatMap(\.values) }

    /// Of whichever tenant.
    func find(_ key: Resource.Key) -> Resource? { byTenant.values.lazy.compactMap { $0[key] }.first }

    mutating func removeAll(of tenant: TenantID) { byTenant[tenant] = nil }

    /// Answers how many it removed.
    mutating func removeAll(where isMeant: (Resource) -> Bool) -> Int {
        let before = all.count
        byTenant = byTenant.mapValues { rows in rows.filter { !isMeant($0.value) } }
        return before - all.count
    }

    /// Replaces the stored one, or adds a new one.
    fileprivate mutating func put(_ new: Resource, isNew: Bool) throws(Failure) {
        for key in Resource.uniqueKeys {
            guard let value = key.value(new) else { continue }
            let isTaken = (key.isGlobal ? all : of(new.tenant)).contains { other in
                (isNew || other.tenant != new.tenant || other.storeKey != new.storeKey) && key.value(other) == value
            }
            if isTaken { throw key.failure(new) }
        }
        self[new.tenant, new.storeKey] = new
    }
}

/// The plain verbs of one kind of resource, for one tenant.
struct MemoryTable<Resource: StoredResource>: Sendable {
    let tables: MemoryTables
    let tenant: TenantID
    let rows: any WritableKeyPath<MemoryState, MemoryRows<Resource>> & Sendable

    /// Fails with what `Resource.uniqueKeys` says.
    func add(_ new: Resource) async throws(Failure) {
        try requireOwn(new)
        try tables.change { state throws(Failure) in try state[keyPath: rows].put(new, isNew: true) }
    }

    func get(_ key: Resource.Key) async throws(Failure) -> Resource? {
        tables.read { $0[keyPath: rows][tenant, key] }
    }

    /// In the order of lists.
    func all(where isWanted: (Resource) -> Bool = { _ in true }) -> [Resource] {
        tables.read { $0[keyPath: rows].of(tenant) }.filter(isWanted).sorted { $0.sortKey.utf8Precedes($1.sortKey) }
    }

    func page(
        _ request: PageRequest, descending: Bool = false, where isWanted: (Resource) -> Bool = { _ in true }
    ) async throws(Failure) -> Page<Resource> {
        Page(
            of: tables.read { $0[keyPath: rows].of(tenant) }.filter(isWanted), request, descending: descending,
            by: \.sortKey)
    }

    /// Replaces the version before; `tooMuchContention` where another version is stored. `keeping` merges the fields that
    /// only the store writes.
    func save(
        _ changed: Resource, keeping: (_ stored: Resource) -> Resource? = { _ in nil }
    ) async throws(Failure) {
        try requireOwn(changed)
        try tables.change { state throws(Failure) in
            let stored = state[keyPath: rows][tenant, changed.storeKey]
            if let version = changed.checkedVersion, stored?.checkedVersion != version - 1 { throw .changedMeanwhile }
            guard let stored else { return }
            try state[keyPath: rows].put(keeping(stored) ?? changed, isNew: false)
        }
    }

    func remove(_ key: Resource.Key) async throws(Failure) {
        tables.change { $0[keyPath: rows][tenant, key] = nil }
    }

    private func requireOwn(_ resource: Resource) throws(Failure) {
        guard resource.tenant == tenant else { throw .bug("A \(Resource.self) of another tenant is written.") }
    }
}

extension Page {
    /// The page of all the items, in the order of the bytes of their sort keys.
    init(of all: [Item], _ request: PageRequest, descending: Bool = false, by sortKey: (Item) -> String) {
        let precedes = { (left: String, right: String) in
            descending ? right.utf8Precedes(left) : left.utf8Precedes(right)
        }
        let bound = request.lowerBound
        let rest = all.filter { bound.isEmpty || precedes(bound, sortKey($0)) }
            .sorted { precedes(sortKey($0), sortKey($1)) }
        self.init(
            overfull: Array(rest.dropFirst(request.offset).prefix(request.limit + 1)), for: request,
            total: request.isNumbered ? all.count : nil, sortKey: sortKey)
    }
}

extension String {
    /// In byte order, like the stores.
    func utf8Precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
