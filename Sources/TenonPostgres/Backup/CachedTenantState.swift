internal import TenonDomain

/// What processes may have cached of a tenant's rows: namespaces and their revisions, API keys, and the versions of users
/// that access tokens name. Ids are UUIDs as text.
struct CachedTenantState {
    private var namespaces: [String: Int64] = [:]
    private var apiKeys: Set<String> = []
    private var userVersions: [String: Int64] = [:]

    /// In a transaction as the owner.
    static func read(_ script: PostgresScript, _ id: String) async throws(PostgresError) -> CachedTenantState {
        func numbers(_ table: String, _ column: String) async throws(PostgresError) -> [String: Int64] {
            let rows = try await script.run(
                "SELECT id, \(column) FROM tenon.\(table) WHERE tenant_id = $1::uuid", [id])
            return Dictionary(
                rows.compactMap { row in row[0].map { ($0, row[1].flatMap { Int64($0) } ?? 0) } },
                uniquingKeysWith: { $1 })
        }
        return CachedTenantState(
            namespaces: try await numbers("namespaces", "revision"),
            apiKeys: Set(try await numbers("api_keys", "version").keys),
            userVersions: try await numbers("users", "version"))
    }

    /// Of a tenant whose own database is lost: whom the directory in the shared database knows.
    static func known(to registry: PostgresScript, _ id: String) async throws(PostgresError) -> CachedTenantState {
        func ids(_ kind: DirectoryKind) async throws(PostgresError) -> [String] {
            try await registry.run(
                "SELECT id FROM tenon.directory_entries WHERE tenant_id = $1::uuid AND kind = $2", [id, kind.name]
            ).compactMap { $0[0] }
        }
        return CachedTenantState(
            apiKeys: Set(try await ids(.apiKey)),
            userVersions: Dictionary(try await ids(.email).map { ($0, 0) }, uniquingKeysWith: { $1 }))
    }

    /// Announces the restore to every process: access tokens from before are refused, and what is cached of the tenant,
    /// its keys and its namespaces is dropped. `floor` is above the version of every such token. To be called as the
    /// owner within a transaction of the shared database; processes hear of it when that commits.
    func announce(
        _ after: CachedTenantState, of tenant: TenantID, _ floor: VersionFloor, _ registry: PostgresScript
    ) async throws(PostgresError) {
        var changes: [(AccessSubject, Int64)] = [(.tenant(tenant), AccessChange.always)]
        for user in Set(userVersions.keys).union(after.userVersions.keys) {
            guard let id = Self.identifier(user, of: User.self) else { continue }
            // A user who is gone may come back by another restore, and must be let in then.
            changes.append((.user(id), floor.value))
        }
        for id in apiKeys.union(after.apiKeys).compactMap({ Self.identifier($0, of: APIKey.self) }) {
            changes.append((.apiKey(id), AccessChange.always))
        }
        try await registry.run(
            """
            INSERT INTO tenon.access_changes (id, tenant_id, subject, epoch)
            SELECT gen_random_uuid(), $1::uuid, c.subject, c.epoch
            FROM unnest($2::text[], $3::bigint[]) AS c (subject, epoch)
            """,
            [
                Scope.uuidText(tenant), "{\(changes.map(\.0.text).joined(separator: ","))}",
                "{\(changes.map { String($0.1) }.joined(separator: ","))}",
            ])
        for namespace in Set(namespaces.keys).union(after.namespaces.keys) {
            guard let id = Self.identifier(namespace, of: Namespace.self) else { continue }
            let revision = after.namespaces[namespace] ?? Namespace.removedRevision
            try await registry.run(
                "SELECT pg_notify($1, $2)",
                [Notifications.revisions, PostgresRevisionFeed.payload(id, revision)])
        }
    }

    private static func identifier<Entity: Identified>(_ text: String, of: Entity.Type) -> Identifier<Entity>? {
        Scope.id(uuidText: text).map { Identifier(high: $0.high, low: $0.low) }
    }
}
