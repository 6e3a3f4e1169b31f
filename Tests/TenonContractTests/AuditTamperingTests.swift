import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// What somebody who owns the database does to the log is found, and where.
@Suite struct AuditTamperingTests {
    private enum Target: Sendable {
        /// Where the tenant's records stand.
        case tenant
        case sharedDatabase
        /// Where the tenant's records stand, which are those of other tenants too.
        case sharedTenant
    }

    private struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let sql: String
        let kind: AuditFinding.Kind
        let sequence: Int64?
        var target = Target.tenant

        var testDescription: String { name }
    }

    private static let record = "(SELECT record_id FROM tenon.audit_links WHERE tenant_id = :t AND sequence = 4)"

    private static let cases = [
        Case(
            name: "a changed record", sql: "UPDATE tenon.audit_records SET actor = 'x' WHERE id = \(record)",
            kind: .wrongHash, sequence: 4),
        Case(
            name: "another ciphertext",
            sql: "UPDATE tenon.audit_records SET sealed_content = '\\x01' WHERE id = \(record)", kind: .wrongHash,
            sequence: 4),
        Case(
            name: "another digest of the content",
            sql: "UPDATE tenon.audit_records SET content_digest = '\\x01' WHERE id = \(record)", kind: .wrongHash,
            sequence: 4),
        Case(
            name: "another time",
            sql: "UPDATE tenon.audit_records SET occurred_at = occurred_at + interval '1 ms' WHERE id = \(record)",
            kind: .wrongHash, sequence: 4),
        Case(
            name: "a removed record", sql: "DELETE FROM tenon.audit_records WHERE id = \(record)",
            kind: .missingRecord, sequence: 4),
        Case(
            name: "a removed record and its link",
            sql: """
                DELETE FROM tenon.audit_records WHERE id = \(record);
                DELETE FROM tenon.audit_links WHERE tenant_id = :t AND sequence = 4
                """, kind: .gap, sequence: 4),
        Case(
            name: "a removed record that the numbers hide",
            sql: """
                DELETE FROM tenon.audit_links WHERE tenant_id = :t AND sequence = 4;
                UPDATE tenon.audit_links SET sequence = sequence - 1 WHERE tenant_id = :t AND sequence = 5
                """, kind: .wrongHash, sequence: 4),
        Case(
            name: "a removed tail with a kept head",
            sql: "DELETE FROM tenon.audit_links WHERE tenant_id = :t AND sequence > 7", kind: .missingTail,
            sequence: 8),
        Case(
            name: "records in another order",
            sql: """
                UPDATE tenon.audit_links SET sequence = 1004 WHERE tenant_id = :t AND sequence = 4;
                UPDATE tenon.audit_links SET sequence = 4 WHERE tenant_id = :t AND sequence = 5;
                UPDATE tenon.audit_links SET sequence = 5 WHERE tenant_id = :t AND sequence = 1004
                """, kind: .wrongHash, sequence: 4),
        Case(
            name: "another link",
            sql: "UPDATE tenon.audit_links SET hash = '\\x00' WHERE tenant_id = :t AND sequence = 4",
            kind: .wrongHash, sequence: 4),
        Case(
            name: "a head of another place",
            sql: "UPDATE tenon.audit_heads SET sequence = 4 WHERE tenant_id = :t AND sequence = 5", kind: .wrongHead,
            sequence: 4),
        Case(
            name: "a forged signature",
            sql: "UPDATE tenon.audit_heads SET signed = 'eyJ9.e30.AAAA' WHERE tenant_id = :t AND sequence = 5",
            kind: .forgedHead, sequence: 5),
        Case(
            name: "a head that was signed for something else",
            sql: """
                UPDATE tenon.audit_heads SET signed =
                    (SELECT signed FROM tenon.audit_heads WHERE tenant_id = :t AND sequence = 10)
                WHERE tenant_id = :t AND sequence = 5
                """, kind: .forgedHead, sequence: 5),
        Case(
            name: "an invented chain, without its heads", sql: "DELETE FROM tenon.audit_heads WHERE tenant_id = :t",
            kind: .unsigned, sequence: 1),
        Case(
            name: "the newest head taken away, and what it covered left",
            sql: "DELETE FROM tenon.audit_heads WHERE tenant_id = :t AND sequence = 10", kind: .unsigned, sequence: 6),
        Case(
            name: "a key of somebody else",
            sql: "UPDATE tenon.audit_keys SET public_key = decode(repeat('07', 32), 'hex')", kind: .forgedHead,
            sequence: 5, target: .sharedDatabase),
        Case(
            name: "a foreign tenant's record",
            sql: """
                UPDATE tenon.audit_records SET tenant_id = :t WHERE tenant_id = :s;
                UPDATE tenon.audit_links SET record_id = (SELECT r.id FROM tenon.audit_records r WHERE r.tenant_id = :t
                    AND NOT EXISTS (SELECT FROM tenon.audit_links l WHERE l.tenant_id = :t AND l.record_id = r.id)
                    LIMIT 1)
                WHERE tenant_id = :t AND sequence = 4
                """, kind: .wrongHash, sequence: 4, target: .sharedTenant),
        Case(
            name: "a record behind the chain's back",
            sql: """
                INSERT INTO tenon.audit_records (tenant_id, id, actor, action, resource_kind, resource_id, outcome,
                    details, request_id, occurred_at)
                SELECT tenant_id, encode(set_byte(uuid_send(id), 15, 255 - get_byte(uuid_send(id), 15)), 'hex')::uuid,
                    actor, action, resource_kind, resource_id, outcome, '{}', request_id, occurred_at
                FROM tenon.audit_records WHERE id = \(record)
                """, kind: .unlinked, sequence: nil),
    ]

    private static let attempts: [(Case, StorageAdapter)] =
        cases.map { ($0, .postgresql) }
        + cases.filter { $0.target != .sharedTenant }.map { ($0, .databasePerTenant) }

    @Test(
        "what somebody who owns the database does is found, and where",
        arguments: attempts)
    private func found(_ tampering: Case, adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenant: TenantID = storage.ids.next()
            let stranger: TenantID = storage.ids.next()
            for _ in 0..<2 {
                try await AuditedTenant.write(5, in: tenant, storage)
                try await AuditedTenant.write(1, in: stranger, storage)
                _ = try await chains.link.execute()
            }
            storage.clock.advance(by: VerifyAuditLog.linkingTime + .seconds(1))
            #expect(try await chains.verify(tenant).finding == nil)
            let sql = tampering.sql.replacing(":t", with: "'\(TestCluster.uuid(tenant))'")
                .replacing(":s", with: "'\(TestCluster.uuid(stranger))'")
            let shared = try #require(storage.parameters)
            let target = tampering.target == .tenant ? try await storage.parameters(of: tenant) : shared
            try await TestCluster.script(target, sql)
            let finding = try #require(try await chains.verify(tenant).finding)
            #expect(finding.kind == tampering.kind)
            if let sequence = tampering.sequence { #expect(finding.sequence == sequence) }
        }
    }

    @Test("an operator's destruction of keys is readable when they are gone, and the chain holds without them")
    func shredded() async throws {
        try await Storage.with(.postgresql) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenant: TenantID = storage.ids.next()
            try await AuditedTenant.write(3, in: tenant, storage)
            #expect(try await storage.dataKeys.keys(of: tenant, for: .audit).map(\.version) == [1])
            let destroyed = try await storage.dataKeyRotation.destroy(of: tenant, as: storage.caller(.platform)) { _ in
                DomainEvent(.dataKeysDestroyed, on: .tenant(tenant), ["receipt": "r"])
            }
            #expect(destroyed.map(\.purpose) == [.audit])
            #expect(try await storage.dataKeys.keys(of: tenant, for: .audit).isEmpty)
            _ = try await chains.link.execute()
            #expect(try await chains.verify(tenant).finding == nil)
            let sealer = try #require(storage.auditSealer)
            sealer.forgetKeys(of: tenant)
            let list = try await chains.list(tenant, sealer)
            #expect(list.map { $0.content?.details["receipt"] } == ["r", nil, nil, nil])
            // Reading makes no key.
            #expect(try await storage.dataKeys.keys(of: tenant, for: .audit).isEmpty)
        }
    }

    @Test("lists by every filter read the index of that filter, and one page of it")
    func plans() async throws {
        try await Storage.with(.postgresql) { storage in
            let parameters = try #require(storage.parameters)
            let tenant: TenantID = storage.ids.next()
            // A hundred thousand records of one tenant among those of others.
            try await TestCluster.script(
                parameters,
                """
                INSERT INTO tenon.audit_records (tenant_id, id, actor, action, resource_kind, resource_id, outcome,
                    details, request_id, occurred_at)
                SELECT CASE WHEN n % 6 = 0 THEN gen_random_uuid() ELSE '\(TestCluster.uuid(tenant))' END, gen_random_uuid(),
                    'usr_' || n % 997, 'action.' || n % 13, CASE WHEN n % 500 = 2 THEN 'role' ELSE 'config' END,
                    'cfg_' || n % 5003,
                    CASE WHEN n % 500 = 1 THEN 'denied' ELSE 'success' END, '{}', 'r',
                    '2026-01-01'::timestamptz + n * interval '1 second'
                FROM generate_series(1, 120000) n;
                ANALYZE tenon.audit_records
                """)
            let log = storage.transactions.reads(in: tenant).auditLog
            let filters: [(AuditFilter, String, String)] = [
                (AuditFilter(), "audit_records_time", "true"),
                (AuditFilter(actor: "usr_7"), "audit_records_actor", "actor = 'usr_7'"),
                (AuditFilter(action: "action.7"), "audit_records_action", "action = 'action.7'"),
                (AuditFilter(resourceKind: "role"), "audit_records_kind", "resource_kind = 'role'"),
                (
                    AuditFilter(resourceKind: "config", resourceID: "cfg_7"), "audit_records_resource",
                    "resource_kind = 'config' AND resource_id = 'cfg_7'"
                ),
                (
                    AuditFilter(outcome: .denied), "audit_records_refused",
                    "outcome = 'denied' AND outcome <> 'success'"
                ),
            ]
            for (filter, index, condition) in filters {
                // Often enough that the server keeps one plan for all binds.
                for _ in 0..<8 {
                    let page = try await log.records(filter, PageRequest(limit: 20))
                    #expect(page.items.count == 20 || filter.resourceID != nil)
                    #expect(page.items.allSatisfy { filter.matches($0.record) })
                }
                let plan = try await TestCluster.script(
                    parameters,
                    """
                    EXPLAIN SELECT id FROM tenon.audit_records WHERE tenant_id = '\(TestCluster.uuid(tenant))'
                        AND \(condition) AND occurred_at < 'infinity' ORDER BY occurred_at DESC, id DESC LIMIT 21
                    """
                ).compactMap { $0[0] }.joined(separator: "\n")
                #expect(plan.contains(index), "\(plan)")
                #expect(!plan.contains("Sort"), "\(plan)")
            }
        }
    }
}
