import Foundation
import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

/// What contexts declare, against the migrated database.
@Suite struct ContextTablesTests {
    private let tables = ContextTables.all.flatMap(\.tables)

    private func names(_ query: String) async throws -> Set<String> {
        let parameters = try await TestCluster.migratedDatabase()
        return Set(try await TestCluster.script(parameters, query).compactMap { $0[0] })
    }

    @Test("every table with a tenant is declared, once, and none that is not there")
    func complete() async throws {
        let there = try await names(
            """
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'tenon'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND a.attname = 'tenant_id' AND NOT a.attisdropped OR c.oid = 'tenon.tenants'::regclass
            """)
        #expect(tables.map(\.name).sorted() == there.sorted())
    }

    @Test("an erasure deletes from the tables that say so")
    func erasure() async throws {
        let source = try #require(
            try await names("SELECT prosrc FROM pg_proc WHERE oid = 'tenon.erase_tenant(uuid, bigint)'::regprocedure")
                .first)
        let start = try #require(source.range(of: "SELECT a.attrelid::regclass"))
        let end = try #require(source.range(of: "ORDER BY c.relname"))
        let erased = try await names(
            "SELECT c.relname" + source[start.upperBound..<end.lowerBound])
        let declared = tables.filter { !$0.outlivesTenant && $0.name != "tenants" }.map(\.name)
        #expect(erased.sorted() == declared.sorted())
    }

    @Test("every column with sealed values is declared, but for the audit log's")
    func sealed() async throws {
        let there = try await names(
            """
            SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'tenon'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND a.attname LIKE 'sealed%' AND NOT a.attisdropped AND c.relname NOT LIKE 'audit%'
            """)
        #expect(there == Set(ContextTables.all.flatMap(\.sealed).map { "\($0.table.rawValue).\($0.column)" }))
        #expect(SealedColumn.all.count == SealedTable.allCases.count)
    }
}
