internal import TenonDomain
internal import TenonKit

struct MemoryAPIKeyStore: APIKeyStore {
    let tables: MemoryTables
    let tenant: TenantID

    private var table: MemoryTable<APIKey> { MemoryTable(tables: tables, tenant: tenant, rows: \.apiKeys) }

    func add(_ key: APIKey) async throws(Failure) { try await table.add(key) }

    func key(_ id: APIKeyID) async throws(Failure) -> APIKey {
        guard let key = try await table.get(id) else { throw .noAPIKey }
        return key
    }

    func keyForUpdate(_ id: APIKeyID) async throws(Failure) -> APIKey { try await key(id) }

    func keys(_ page: PageRequest) async throws(Failure) -> Page<APIKey> { try await table.page(page) }

    func save(_ key: APIKey) async throws(Failure) {
        try await table.save(key) { key.with($0.lastUse) }
    }

    func remove(_ key: APIKey) async throws(Failure) { try await table.remove(key.id) }

    func note(_ use: APIKeyUse, of id: APIKeyID) async throws(Failure) {
        tables.change { state in
            guard let key = state.apiKeys[tenant, id],
                key.lastUse.map({ $0.at < use.at - APIKeyUse.precision }) ?? true
            else { return }
            state.apiKeys[tenant, id] = key.with(use)
        }
    }
}

extension APIKey {
    /// The same with its last use.
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
