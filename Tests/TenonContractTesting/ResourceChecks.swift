internal import TenonDomain
internal import TenonKit

/// One resource's contract on one storage.
struct ResourceChecks<Resource: StoredResource & Equatable>: Sendable {
    let name: String
    let storage: ContractStorage
    let verbs: ResourceVerbs<Resource>
    let tenant: TenantID
    let stranger: TenantID

    func run() async throws {
        let all = try (0..<(verbs.isSingle ? 1 : 7)).map { try verbs.make(storage, tenant, $0) }
        for resource in all.shuffled() { try await add(resource) }
        try await found(all)
        try await listed(all)
        try await refused(all[0])
        let changed = try await changed(all[0])
        try await isolated(changed)
        if let remove = verbs.remove {
            try await write(in: changed.tenant) { work throws(Failure) in try await remove(work, changed) }
            try await require(nil, changed, "a removed one is not found")
        }
    }

    private func found(_ all: [Resource]) async throws {
        for resource in all { try await require(resource, resource, "an added one is found as it was added") }
        guard let getForUpdate = verbs.getForUpdate else { return }
        let held = try await write(in: all[0].tenant) { work throws(Failure) in
            try await getForUpdate(work, all[0].storeKey)
        }
        try require(held == all[0], "one that is held for an update is as it was added", held)
    }

    private func listed(_ all: [Resource]) async throws {
        guard let list = verbs.page else { return }
        let expected = verbs.isDescending ? all.reversed() : all
        let stores = storage.transactions.reads(in: tenant)
        var items: [Resource] = []
        var request = PageRequest(limit: 3)
        while true {
            let page = try await list(stores, all[0], request)
            try require(page.items.count <= 3, "a page has at most as many items as were asked for", page.items.count)
            items += page.items
            guard let next = page.next, items.count <= all.count else { break }
            request = PageRequest(.after(next), limit: 3)
        }
        try require(items == expected, "pages have neither gaps nor duplicates, in order", items.map(\.sortKey))
        let second = try await list(stores, all[0], PageRequest(.page(2), limit: 3))
        try require(second.items == Array(expected[3..<6]), "a numbered page", second.items.map(\.sortKey))
        try require(second.total == all.count, "a numbered page counts the list", second.total)
    }

    private func refused(_ resource: Resource) async throws {
        guard let twin = try verbs.twin(storage, resource) else { return }
        for key in Resource.uniqueKeys where key.value(twin) != nil && key.value(twin) == key.value(resource) {
            let failure = await failure(in: twin.tenant) { work throws(Failure) in try await verbs.add(work, twin) }
            try require(failure?.code == key.failure(twin).code, "\(key.constraint) refuses a second one", failure)
            return
        }
        throw BrokenContract(description: "\(name): the twin has no unique key of the first one")
    }

    private func changed(_ resource: Resource) async throws -> Resource {
        guard let changed = try verbs.change(resource, storage.clock.now()) else {
            throw BrokenContract(description: "\(name): nothing changes")
        }
        try await write(in: changed.tenant) { work throws(Failure) in try await verbs.save(work, changed) }
        try await require(changed, changed, "a change is stored whole")
        guard changed.checkedVersion != nil else { return changed }
        for (stale, what) in [(changed, "the same version"), (resource, "a stale version")] {
            let failure = await failure(in: changed.tenant) { work throws(Failure) in try await verbs.save(work, stale)
            }
            try require(failure?.code == .tooMuchContention, "\(what) is not stored again", failure)
        }
        try await require(changed, changed, "a stale version changes nothing")
        return changed
    }

    private func isolated(_ resource: Resource) async throws {
        let stores = storage.transactions.reads(in: stranger)
        let seen = try await found(in: stores, resource.storeKey)
        try require(seen == nil, "another tenant does not find it", seen)
        if let list = verbs.page {
            let items = try await list(stores, resource, PageRequest()).items
            try require(items.isEmpty, "another tenant does not list it", items.map(\.sortKey))
        }
        for (verb, body) in [("add", verbs.add), ("save", verbs.save)] {
            let failure = await failure(in: stranger) { work throws(Failure) in try await body(work, resource) }
            try require(failure?.code == .internalError, "\(verb) refuses another tenant's", failure)
        }
        if !verbs.isSingle {
            let theirs = try verbs.make(storage, stranger, 0)
            try await add(theirs)
            try await require(theirs, theirs, "another tenant may have the same unique keys")
        }
        if let remove = verbs.remove {
            _ = await failure(in: stranger) { work throws(Failure) in try await remove(work, resource) }
        }
        try await require(resource, resource, "another tenant changes nothing")
    }

    // MARK: Helpers

    private func add(_ resource: Resource) async throws {
        try await write(in: resource.tenant) { work throws(Failure) in try await verbs.add(work, resource) }
    }

    private func require(_ expected: Resource?, _ resource: Resource, _ rule: String) async throws {
        let found = try await found(in: storage.transactions.reads(in: resource.tenant), resource.storeKey)
        try require(found == expected, rule, found)
    }

    private func require(_ isKept: Bool, _ rule: String, _ found: Any?) throws {
        if !isKept {
            throw BrokenContract(description: "\(name): \(rule); found \(found.map { "\($0)" } ?? "nothing")")
        }
    }

    /// Nil also where the store fails because there is none.
    private func found(in stores: any Stores, _ key: Resource.Key) async throws(Failure) -> Resource? {
        do throws(Failure) {
            return try await verbs.get(stores, key)
        } catch {
            guard error.code.kind == .notFound else { throw error }
            return nil
        }
    }

    @discardableResult
    private func write<Result: Sendable>(
        in tenant: TenantID, _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let job = Caller(.system(job: "contract", tenant: tenant), from: Origin(requestID: "contract"))
        return try await storage.transactions.write(in: tenant, as: job, body)
    }

    private func failure(
        in tenant: TenantID, _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Void
    ) async -> Failure? {
        do throws(Failure) {
            try await write(in: tenant, body)
            return nil
        } catch {
            return error
        }
    }
}
