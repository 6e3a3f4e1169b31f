import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonPostgres

/// A page of a list, as `EXPLAIN` explains it.
private struct ListPage: Sendable, CustomTestStringConvertible {
    let explain: Statement
    let values: [PostgresValue]
    let index: String
    /// What the index is searched by, besides the tenant.
    let bounds: [String]

    var testDescription: String { "\(explain.name)" }

    init(
        _ name: StaticString, _ statement: Statement, _ values: [PostgresValue], by index: String, _ bounds: [String]
    ) {
        explain = Statement(name, "EXPLAIN (COSTS OFF) \(statement.sql)")
        self.values = [.id(tenant)] + values
        self.index = index
        self.bounds = bounds
    }
}

private let tenant = TenantID(high: 0, low: 1)
private let namespace = NamespaceID(high: 0, low: 2)
private let user = UserID(high: 0, low: 3)
private let middle = PostgresValue.uuid(high: 1 << 63, low: 0)

/// Every list, at the page behind the middle of it.
@Suite("Plans of pages without statistics") struct KeysetPlanTests {
    private static let page: [PostgresValue] = [.int(101), .int(0)]
    private static let ids: [PostgresValue] = [.id(namespace)]
    private static let future = PostgresValue.timestamp(Timestamp(millisecondsSince1970: 4_000_000_000_000))
    private static let places: [PostgresValue] = [
        .timestamp(Timestamp(millisecondsSince1970: 0)), future, future, middle,
    ]
    private static let ofActor: [PostgresValue] = [.text("a"), .null, .null, .null, .null] + places
    private static let ofAction: [PostgresValue] = [.null, .text("b"), .null, .null, .null] + places
    private static let unfiltered: [PostgresValue] = [.null, .null, .null, .null, .null] + places

    private static let lists = [
        ListPage(
            "explain_configs", ConfigStatements.selectEntries,
            ids + [.text("k"), .text("k001500")] + page + [.null, .null], by: "configs_key_key", ["key > "]),
        ListPage(
            "explain_configs_as_of", ConfigHistoryStatements.selectEntriesAsOf,
            ids + [.text("k"), .int(5), .null, .null, .null, .text("k001500")] + page, by: "configs_key_key", ["key > "]
        ),
        ListPage(
            "explain_versions", ConfigHistoryStatements.selectVersions, ids + [.text("k001500"), .int(9)] + page,
            by: "config_versions_number_key", ["namespace_id = ", "key = ", "version < "]),
        ListPage(
            "explain_changes", ConfigHistoryStatements.selectChanges, ids + [.int(2), .int(1500), .int(101)],
            by: "config_versions_position_key", ["namespace_id = ", "ROW(revision, ordinal) > "]),
        ListPage(
            "explain_namespaces", Namespace.table.selectPage, [.null, .text("n001500")] + page,
            by: "namespaces_name_key", ["name > "]),
        ListPage(
            "explain_users", User.table.selectPage, [.null, .null, middle] + page, by: "users_pkey", ["id > "]),
        ListPage(
            "explain_sessions", Session.table.selectPage,
            [.id(user), .timestamp(Timestamp(millisecondsSince1970: 0)), middle] + page, by: "sessions_standing",
            ["user_id = ", "id < "]),
        ListPage(
            "explain_api_keys", PostgresAPIKeyStore.selectPage, [middle] + page, by: "api_keys_pkey", ["id > "]),
        ListPage(
            "explain_sso", SSOConnection.table.selectPage, [.text("n")] + page, by: "sso_connections_name_key",
            ["name > "]),
        ListPage(
            "explain_policies", Policy.table.selectPage, [middle] + page, by: "policies_pkey", ["id > "]),
        ListPage(
            "explain_audit", PostgresAuditLog.byTime.list, unfiltered + page, by: "audit_records_time",
            ["ROW(occurred_at, id) < "]),
        ListPage(
            "explain_audit_of_actor", PostgresAuditLog.byActor.list, ofActor + page, by: "audit_records_actor",
            ["actor = ", "ROW(occurred_at, id) < "]),
        ListPage(
            "explain_audit_of_action", PostgresAuditLog.byAction.list, ofAction + page, by: "audit_records_action",
            ["action = ", "ROW(occurred_at, id) < "]),
        ListPage(
            "explain_audit_links", PostgresAuditLog.selectLinks, [.int(1500), .int(101)], by: "audit_links_pkey",
            ["sequence > "]),
    ]

    /// Rows that nothing has counted.
    private static let fill = """
        SET session_replication_role = replica;
        INSERT INTO tenon.configs (tenant_id, namespace_id, id, key, version, version_id, created_by, created_at)
        SELECT t, n, md5('c' || g)::uuid, 'k' || lpad(g::text, 6, '0'), 1, md5('v' || g)::uuid, 'x', now() FROM ids, numbers;
        INSERT INTO tenon.config_versions (tenant_id, namespace_id, id, key, version, change, revision, ordinal, value_type,
            is_secret, sealed_value, created_by, created_at)
        SELECT t, n, md5('v' || g)::uuid, 'k' || lpad(g::text, 6, '0'), 1, 'created', 2, g, 'string', false, 'x', 'x', now()
        FROM ids, numbers;
        INSERT INTO tenon.namespaces (tenant_id, id, name, revision, created_by, created_at, updated_at)
        SELECT t, CASE g WHEN 1 THEN n ELSE md5('n' || g)::uuid END, 'n' || lpad(g::text, 6, '0'), 2, 'x', now(), now()
        FROM ids, numbers;
        INSERT INTO tenon.users (tenant_id, id, email, email_folded, email_digest, roles, status, version, created_at,
            updated_at)
        SELECT t, md5('u' || g)::uuid, g, g, md5(g::text)::bytea, '{viewer}', 'active', 1, now(), now() FROM ids, numbers;
        INSERT INTO tenon.sessions (tenant_id, id, user_id, counter, created_at, rotated_at, idle_until, ends_at)
        SELECT t, md5('s' || g)::uuid, u, 1, now(), now(), now() + interval '1 day', now() + interval '1 day'
        FROM ids, numbers;
        INSERT INTO tenon.policies (tenant_id, id, name, rules, status, version, created_by, created_at, updated_at)
        SELECT t, md5('p' || g)::uuid, 'p' || g, 'p', 'active', 1, 'x', now(), now() FROM ids, numbers;
        INSERT INTO tenon.audit_records (tenant_id, id, actor, action, resource_kind, resource_id, outcome, details,
            request_id, occurred_at)
        SELECT t, md5('a' || g)::uuid, 'a', 'b', 'k', 'r', 'success', '{}', 'r', now() FROM ids, numbers;
        INSERT INTO tenon.audit_links (tenant_id, sequence, record_id, hash)
        SELECT t, g, md5('a' || g)::uuid, 'x' FROM ids, numbers
        """

    @Test(
        "A page is read from its index, from its bound on and in its order, of empty and of large tables",
        arguments: [0, 3000])
    func plans(rows: Int) async throws {
        try await TenantSandbox.use { sandbox in
            if rows > 0 {
                let script = try await PostgresScript.open(PostgresConfiguration(parameters: sandbox.parameters))
                _ = try await script.run("SELECT set_config('tenon.across_tenants', 'on', false)")
                _ = try await script.run(
                    """
                    CREATE TEMP TABLE ids AS SELECT '\(TestCluster.uuid(tenant))'::uuid AS t,
                        '\(TestCluster.uuid(namespace))'::uuid AS n, '\(TestCluster.uuid(user))'::uuid AS u;
                    CREATE TEMP TABLE numbers AS SELECT generate_series(1, \(rows)) AS g;
                    \(Self.fill)
                    """)
            }
            for list in Self.lists {
                let runner = sandbox.database.reads(in: tenant)
                let lines = try await runner.run([Command(list.explain, list.values)])[0].map { try $0.text(0) }
                let plan = Comment(rawValue: "\(list.testDescription)\n" + lines.joined(separator: "\n"))
                // A row that is looked up by its id is not searched for.
                #expect(!lines.contains { $0.contains("Filter: (id = ") || $0.contains("Seq Scan") }, plan)
                let scan = try #require(lines.firstIndex { $0.contains("using \(list.index) on ") }, plan)
                let above = Self.above(scan, in: lines).prefix { !$0.contains("Limit") }
                #expect(!above.contains { $0.contains("Sort") || $0.contains("Bitmap") }, plan)
                let condition = lines[(scan + 1)...].first ?? ""
                for bound in list.bounds { #expect(condition.contains(bound), plan) }
            }
        }
    }

    /// The nodes that a node's rows go through, from below.
    private static func above(_ node: Int, in lines: [String]) -> [String] {
        var depth = indentation(lines[node])
        return lines[..<node].reversed().filter { line in
            guard line.contains("->") || line == lines.first, indentation(line) < depth else { return false }
            depth = indentation(line)
            return true
        }
    }

    private static func indentation(_ line: String) -> Int { line.prefix { $0 == " " }.count }
}
