internal import TenonDomain

/// What processes may have cached of a tenant's rows: ids of namespaces and API keys, and the versions of users that
/// access tokens name. Ids are UUIDs as text.
struct CachedTenantState {
    private var namespaces: Set<String> = []
    private var apiKeys: Set<String> = []
    private var userVersions: [String: Int64] = [:]

    /// Added to restored users' versions; larger than any number of edits since the backup.
    private static let leap: Int64 = 1_000_000

    /// In a transaction as the owner.
    static func read(_ script: PostgresScript, _ id: String) async throws(PostgresError) -> CachedTenantState {
        var rows = CachedTenantState()
        for (table, path) in [("namespaces", \CachedTenantState.namespaces), ("api_keys", \CachedTenantState.apiKeys)] {
            rows[keyPath: path] = Set(
                try await script.run("SELECT id FROM tenon.\(table) WHERE tenant_id = $1::uuid", [id])
                    .compactMap { $0[0] })
        }
        for row in try await script.run("SELECT id, version FROM tenon.users WHERE tenant_id = $1::uuid", [id]) {
            if let user = row[0] { rows.userVersions[user] = row[1].flatMap { Int64($0) } ?? 0 }
        }
        return rows
    }

    /// Raises the restored users' versions above all that they ever had, so that every access token from before the
    /// restore is refused. Answers the state after it.
    func outdate(_ script: PostgresScript, _ id: String) async throws(PostgresError) -> CachedTenantState {
        let distance = Self.leap + (userVersions.values.max() ?? 0)
        try await script.run(
            "UPDATE tenon.users SET version = version + $2::bigint WHERE tenant_id = $1::uuid", [id, String(distance)])
        return try await Self.read(script, id)
    }

    /// Announces the restore to every process: access tokens of these users are refused, and what is cached of the
    /// tenant, its keys and its namespaces is dropped. To be called as the owner within a transaction of the shared
    /// database; processes hear of it when that commits.
    func announce(
        _ after: CachedTenantState, of tenant: TenantID, _ registry: PostgresScript
    ) async throws(PostgresError) {
        var changes: [(AccessSubject, Int64)] = [(.tenant(tenant), AccessChange.always)]
        for user in Set(userVersions.keys).union(after.userVersions.keys) {
            guard let id = Self.identifier(user, of: User.self) else { continue }
            changes.append((.user(id), after.userVersions[user] ?? AccessChange.always))
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
        for id in namespaces.union(after.namespaces).compactMap({ Self.identifier($0, of: Namespace.self) }) {
            let payload = PostgresRevisionFeed.payload(id, Namespace.removedRevision)
            try await registry.run("SELECT pg_notify($1, $2)", [Notifications.revisions, payload])
        }
    }

    private static func identifier<Entity: Identified>(_ text: String, of: Entity.Type) -> Identifier<Entity>? {
        Scope.id(uuidText: text).map { Identifier(high: $0.high, low: $0.low) }
    }
}
