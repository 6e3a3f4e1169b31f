import TenonDomain
import TestSupport
import Testing

/// What is asked of the many users of a tenant.
@Suite struct UserPlansTests {
    /// A hundred thousand users of one tenant, two of whom own it, and as many of others.
    private static func seed(_ tenant: TenantID, _ parameters: [(String, String)]) async throws {
        try await TestCluster.script(
            parameters,
            """
            INSERT INTO tenon.users (tenant_id, id, email, email_folded, email_digest, roles, status, version,
                created_at, updated_at)
            SELECT CASE WHEN n % 2 = 0 THEN gen_random_uuid() ELSE '\(TestCluster.uuid(tenant))' END, gen_random_uuid(),
                'u' || n || '@example.com', 'u' || n || '@example.com', decode(md5(n::text), 'hex'),
                CASE WHEN n IN (1, 3) THEN '{owner}'::text[] ELSE '{viewer}' END, 'active', 1, now(), now()
            FROM generate_series(1, 200000) n;
            ANALYZE tenon.users
            """)
    }

    /// Of the prepared statement, one plan for all binds.
    private static func plan(
        _ statement: String, _ types: String, _ binds: String, _ parameters: [(String, String)]
    ) async throws -> String {
        try await TestCluster.script(
            parameters,
            """
            SET plan_cache_mode = force_generic_plan;
            PREPARE asked (\(types)) AS \(statement);
            EXPLAIN (ANALYZE, TIMING off, COSTS off) EXECUTE asked (\(binds))
            """
        ).compactMap { $0[0] }.joined(separator: "\n")
    }

    @Test("the owners of a tenant are found by their index, and a page of users by the primary key alone")
    func plans() async throws {
        try await Storage.with(.postgresql) { storage in
            let parameters = try #require(storage.parameters)
            let tenant: TenantID = storage.ids.next()
            try await Self.seed(tenant, parameters)
            let owners = try await storage.write(tenant) { work throws(Failure) in
                try await work.users.ownersForUpdate()
            }
            #expect(owners.count == 2)
            let id = "'\(TestCluster.uuid(tenant))'"
            let owned = try await Self.plan(
                """
                SELECT id FROM tenon.users WHERE tenant_id = $1 AND status = 'active'
                    AND roles && '{owner,platform_administrator}' ORDER BY id FOR NO KEY UPDATE
                """, "uuid", id, parameters)
            #expect(owned.contains("users_owners") && !owned.contains("Sort"), "\(owned)")

            let first = try await storage.transactions.reads(in: tenant).users.users(
                PageRequest(limit: 20), matching: UserFilter())
            #expect(first.items.count == 20)
            let middle = "'80000000-0000-4000-8000-000000000000'"
            let paged = try await Self.plan(
                """
                SELECT id FROM tenon.users WHERE tenant_id = $1 AND ($2::text IS NULL OR status = $2) AND id > $3
                    ORDER BY id LIMIT $4
                """, "uuid, text, uuid, bigint", "\(id), NULL, \(middle), 21", parameters)
            #expect(paged.contains("Index Cond: ((tenant_id = $1) AND (id > $3))"), "\(paged)")
            #expect(!paged.contains("Sort") && !paged.contains("Removed by Filter"), "\(paged)")
        }
    }

    @Test("whoever holds the owners of a tenant keeps none of them from signing in")
    func ownersHeld() async throws {
        try await Storage.with(.postgresql) { storage in
            let tenant: TenantID = storage.ids.next()
            let ann = try storage.user(tenant, email: "ann@example.com")
            try await storage.write(tenant) { work throws(Failure) in try await work.users.add(ann) }
            let session = Session.begin(
                id: storage.ids.next(), for: ann, from: .test, lifetimes: TokenLifetimes(), at: storage.clock.now()
            ).0
            try await storage.write(tenant) { work throws(Failure) in
                let owners = try await work.users.ownersForUpdate()
                guard owners == [ann.id] else { throw .bug("Ann owns the tenant.") }
                try await storage.write(tenant) { other throws(Failure) in try await other.sessions.add(session) }
            }
            let reads = storage.transactions.reads(in: tenant).sessions
            #expect(try await reads.sessions(of: ann.id, at: storage.clock.now(), PageRequest()).items == [session])
        }
    }
}
