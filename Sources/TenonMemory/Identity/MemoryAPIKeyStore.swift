internal import TenonDomain
internal import TenonKit

struct MemoryAPIKeyStore: APIKeyStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ key: APIKey) async throws(Failure) {
        guard key.tenant == tenant else { throw .bug("An API key is added in a transaction of another tenant.") }
        tables.change { $0.apiKeys[key.id] = key }
    }

    func key(_ id: APIKeyID) async throws(Failure) -> APIKey {
        guard let key = tables.read({ $0.apiKeys[id] }), key.tenant == tenant else {
            throw .noAPIKey
        }
        return key
    }

    func keyForUpdate(_ id: APIKeyID) async throws(Failure) -> APIKey {
        try await key(id)
    }

    func keys(_ page: PageRequest) async throws(Failure) -> Page<APIKey> {
        let all = tables.read { state in
            state.apiKeys.values.filter { $0.tenant == tenant }.sorted { $0.id < $1.id }
        }
        let rest = APIKeyID(page.lowerBound).map { bound in all.filter { $0.id > bound } } ?? all
        return Page(
            overfull: Array(rest.dropFirst(page.offset).prefix(page.limit + 1)), for: page,
            total: page.isNumbered ? all.count : nil
        ) { $0.id.description }
    }

    func save(_ key: APIKey) async throws(Failure) {
        guard key.tenant == tenant else { throw .bug("An API key is saved in a transaction of another tenant.") }
        tables.change { state in
            if let stored = state.apiKeys[key.id] { state.apiKeys[key.id] = key.with(stored.lastUse) }
        }
    }

    func remove(_ key: APIKey) async throws(Failure) {
        tables.change { state in
            if state.apiKeys[key.id]?.tenant == tenant { state.apiKeys[key.id] = nil }
        }
    }

    func note(_ use: APIKeyUse, of id: APIKeyID) async throws(Failure) {
        tables.change { state in
            guard let key = state.apiKeys[id], key.tenant == tenant,
                key.lastUse.map({ $0.at < use.at - APIKeyUse.precision }) ?? true
            else { return }
            state.apiKeys[id] = key.with(use)
        }
    }
}

extension APIKey {
    /// The same with what a store keeps beside it.
    fileprivate func with(_ use: APIKeyUse?) -> APIKey {
        with(credentials, use)
    }

    private func with(_ credentials: [APIKeyCredential], _ use: APIKeyUse?) -> APIKey {
        APIKey(
            id: id, tenant: tenant, terms: terms, credentials: credentials, version: version, createdBy: createdBy,
            createdAt: createdAt, updatedAt: updatedAt, lastUse: use)
    }

    /// The shared secrets of its credentials.
    var sealedCells: [SealedCell] {
        credentials.compactMap { credential in
            credential.signing?.sealedSecret.map {
                SealedCell(
                    place: APIKeyCredential.place(of: credential.id, in: tenant), row: credential.id.bytes, sealed: $0)
            }
        }
    }

    func with(sealed: SealedBytes, at place: SealPlace) -> APIKey {
        with(
            credentials.map { credential in
                APIKeyCredential.place(of: credential.id, in: tenant) == place
                    ? credential.with(sealed: sealed) : credential
            }, lastUse)
    }
}
