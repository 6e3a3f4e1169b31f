import Foundation
import TenonDomain
import TenonMemory
import TestSupport
import Testing

@testable import TenonPostgres

@Suite struct TenantBackupTests {
    enum Isolation: CaseIterable {
        case shared, database
    }

    private func tenant(_ sandbox: TenantSandbox, _ isolation: Isolation) async throws -> TenantID {
        isolation == .shared ? sandbox.ids.next() : try await sandbox.routed()
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenon-backup-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func addUser(_ sandbox: TenantSandbox, _ tenant: TenantID, _ email: String) async throws {
        let user = User.register(
            id: sandbox.ids.next(), tenant: tenant, email: try EmailAddress(email), username: nil,
            name: PersonName(full: try DisplayName("Tab\\ and ünïcode")), passwordHash: nil, roles: [.owner, .viewer],
            at: sandbox.clock.now()
        ).0
        try await sandbox.transactions.write(for: sandbox.caller(tenant)) { work throws(Failure) in
            try await work.users.add(user)
        }
    }

    /// Everything of the tenant but what a restore leaves alone, as text.
    private func content(_ sandbox: TenantSandbox, _ tenant: TenantID, _ isolation: Isolation) async throws -> [String]
    {
        let place = isolation == .database ? tenant : nil
        let raised = ["users": "{version}", "namespaces": "{revision,restored_revision}"]
        var all: [String] = []
        for table in ["users", "namespaces", "configs", "config_versions"] {
            all += try await sandbox.sql(
                // A restore gives users versions, and namespaces revisions, that none ever had.
                "SELECT (to_jsonb(x) - '\(raised[table] ?? "{}")'::text[])::text FROM tenon.\(table) x WHERE tenant_id = '\(Scope.uuidText(tenant))' ORDER BY 1",
                in: place
            ).map { "\(table) \($0[0] ?? "")" }
        }
        return all
    }

    @Test(
        "what was written is there again after a restore, and another tenant keeps what it has",
        arguments: Isolation.allCases)
    func roundTrip(isolation: Isolation) async throws {
        try await TenantSandbox.use { sandbox in
            try await withFolder { folder in
                let (tenant, other) = (try await tenant(sandbox, isolation), try await tenant(sandbox, isolation))
                for tenant in [tenant, other] {
                    try await sandbox.write(tenant, "production")
                    try await addUser(sandbox, tenant, "ann@example.com")
                }
                let before = try await content(sandbox, tenant, isolation)
                let backup = TenantBackup(sandbox.database, settling: .zero)
                let file = "\(folder)/tenant.backup"
                let written = try await backup.write(tenant, to: file, at: sandbox.clock.now())
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tenant.backup"])
                let text = try String(contentsOfFile: file, encoding: .utf8)
                #expect(!text.contains(Scope.uuidText(other)))
                #expect(!text.contains("\"data_keys\""))

                try await sandbox.write(tenant, "later")
                try await sandbox.write(other, "later")
                try await addUser(sandbox, tenant, "late@example.com")
                let records = "SELECT count(*) FROM tenon.audit_records WHERE tenant_id = '\(Scope.uuidText(tenant))'"
                let place = isolation == .database ? tenant : nil
                let audited = try await sandbox.sql(records, in: place)

                let restored = try await backup.restore(tenant, from: file)
                #expect(restored.rows > 0 && restored.rows <= written.rows)
                #expect(try await content(sandbox, tenant, isolation) == before)
                #expect(try await sandbox.sql(records, in: place) == audited)
                let changes = try await PostgresAccessFeed(sandbox.database).changes(within: .seconds(600))
                let users = changes.filter { if case .user = $0.subject { true } else { false } }
                #expect(users.count == 2 && users.allSatisfy { $0.epoch == VersionFloor.span })
                #expect(changes.contains { $0.subject == .tenant(tenant) })
                try await until { (try? await sandbox.names(tenant)) == ["production"] }
                #expect(try await sandbox.names(other) == ["later", "production"])
                func found(_ email: String) async throws -> Set<TenantID> {
                    Set(try await sandbox.directory.tenants(of: .email(EmailAddress(email)), limit: 5))
                }
                #expect(try await found("ann@example.com") == [tenant, other])
                #expect(try await found("late@example.com") == [])
                // And again: what is there does not stand in the way.
                _ = try await backup.restore(tenant, from: file)
                #expect(try await content(sandbox, tenant, isolation) == before)
                try await until { (try? await sandbox.write(tenant, "after")) != nil }
            }
        }
    }

    @Test("values whose key is destroyed are not restored", arguments: Isolation.allCases)
    func keyless(isolation: Isolation) async throws {
        try await TenantSandbox.use { sandbox in
            try await withFolder { folder in
                let tenant = try await tenant(sandbox, isolation)
                let now = sandbox.clock.now()
                let terms = APIKeyTerms(
                    name: try DisplayName("Key"), scopes: [.configsRead], networks: try AllowedNetworks([]),
                    expiresAt: nil, requiresSignature: true)
                let key = try APIKey.create(
                    id: sandbox.ids.next(), tenant: tenant, terms: terms,
                    credential: APIKeyCredential(
                        id: sandbox.ids.next(), publicPart: "tnk_abcdefgh", digest: [UInt8](repeating: 1, count: 32),
                        signing: .hmacSHA256(SealedBytes([1, 0, 0, 0, 7, 1, 2, 3])), createdAt: now),
                    by: "usr_x", at: now
                ).0
                try await sandbox.transactions.write(for: sandbox.caller(tenant)) { work throws(Failure) in
                    try await work.apiKeys.add(key)
                }
                let backup = TenantBackup(sandbox.database, settling: .zero)
                _ = try await backup.write(tenant, to: "\(folder)/b", at: now)
                func refusal() async -> Failure? {
                    await failure { () throws(Failure) in try await backup.restore(tenant, from: "\(folder)/b") }
                }
                #expect(await refusal()?.code == .backupRefused)
                #expect(await refusal()?.detail.contains("version 7") == true)
                let keys = "INSERT INTO tenon.data_keys (tenant_id, purpose, version, kek_version, wrapped, created_at)"
                try await sandbox.sql(
                    "\(keys) VALUES ('\(Scope.uuidText(tenant))', 'values', 7, 1, '\\x00', now())")
                #expect(await refusal() == nil)
                let changes = try await PostgresAccessFeed(sandbox.database).changes(within: .seconds(600))
                #expect(changes.contains { $0.subject == .apiKey(key.id) })
            }
        }
    }

    @Test("a database that takes no connections, or has its name lost to a crash, keeps its audit log")
    func crashed() async throws {
        try await TenantSandbox.use { sandbox in
            try await withFolder { folder in
                let tenant = try await sandbox.routed()
                try await sandbox.write(tenant, "production")
                let backup = TenantBackup(sandbox.database, settling: .zero)
                _ = try await backup.write(tenant, to: "\(folder)/b", at: sandbox.clock.now())
                try await sandbox.write(tenant, "later")
                let name = TenantDatabase.name(of: tenant)
                try await sandbox.sql("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
                try await until {
                    let left = try await sandbox.sql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'")
                    return left.isEmpty
                }
                try await sandbox.sql("ALTER DATABASE \(name) RENAME TO \(OwnDatabaseRestore.oldName(name))")
                _ = try await backup.restore(tenant, from: "\(folder)/b")
                try await until { (try? await sandbox.names(tenant)) == ["production"] }
                let audited = try await sandbox.sql("SELECT count(*) FROM tenon.audit_records", in: tenant)
                #expect(audited == [["2"]])
                let left = try await sandbox.sql("SELECT datname FROM pg_database WHERE datname LIKE '\(name)%'")
                #expect(left == [[name]])
            }
        }
    }

    @Test("a tenant whose database is lost comes back from its backup without a restart")
    func lost() async throws {
        try await TenantSandbox.use { sandbox in
            try await withFolder { folder in
                let tenant = try await sandbox.routed()
                try await sandbox.write(tenant, "production")
                let backup = TenantBackup(sandbox.database, settling: .zero)
                _ = try await backup.write(tenant, to: "\(folder)/b", at: sandbox.clock.now())
                try await sandbox.sql("DROP DATABASE \(TenantDatabase.name(of: tenant)) WITH (FORCE)")
                try await until {
                    await failure { () throws(Failure) in try await sandbox.names(tenant) }?.code.kind == .unavailable
                }
                _ = try await backup.restore(tenant, from: "\(folder)/b")
                try await until { (try? await sandbox.names(tenant)) == ["production"] }
                let left = try await sandbox.sql(
                    "SELECT datname FROM pg_database WHERE datname LIKE '\(TenantDatabase.name(of: tenant))%'")
                #expect(left == [[TenantDatabase.name(of: tenant)]])
            }
        }
    }

    @Test("a file that is cut off or changed anywhere is none, before any database is asked")
    func damaged() async throws {
        try await TenantSandbox.use { sandbox in
            try await withFolder { folder in
                let tenant: TenantID = sandbox.ids.next()
                try await sandbox.write(tenant, "production")
                _ = try await TenantBackup(sandbox.database, settling: .zero).write(
                    tenant, to: "\(folder)/b", at: sandbox.clock.now())
                #expect(try BackupReader.verify("\(folder)/b").tenant == tenant)
                let whole = Array(try Data(contentsOf: URL(filePath: "\(folder)/b")))
                func code(_ bytes: [UInt8]) async throws -> FailureCode? {
                    try Data(bytes).write(to: URL(filePath: "\(folder)/bad"))
                    return await failure { () throws(Failure) in try BackupReader.verify("\(folder)/bad") }?.code
                }
                var random = SplitMix64(seed: 3)
                for _ in 0..<40 {
                    let cut = Int(random.next() % UInt64(whole.count))
                    #expect(try await code(Array(whole[..<cut])) == .backupRefused)
                    var changed = whole
                    changed[cut] ^= 1
                    #expect(try await code(changed) == .backupRefused)
                }
            }
        }
    }

    @Test(
        "a file that is cut off, changed, of another tenant or another version changes nothing",
        arguments: Isolation.allCases)
    func refused(isolation: Isolation) async throws {
        try await TenantSandbox.use { sandbox in
            try await withFolder { folder in
                let (tenant, other) = (try await tenant(sandbox, isolation), try await tenant(sandbox, isolation))
                try await sandbox.write(tenant, "production")
                let backup = TenantBackup(sandbox.database, settling: .zero)
                let file = "\(folder)/b"
                _ = try await backup.write(tenant, to: file, at: sandbox.clock.now())
                let whole = Array(try Data(contentsOf: URL(filePath: file)))
                try await sandbox.write(tenant, "later")
                func outcome(_ bytes: [UInt8], for tenant: TenantID) async throws -> Failure? {
                    try Data(bytes).write(to: URL(filePath: "\(folder)/bad"))
                    return await failure { () throws(Failure) in
                        try await backup.restore(tenant, from: "\(folder)/bad")
                    }
                }
                let half = whole.count / 2
                #expect(try await outcome(Array(whole[..<half]), for: tenant)?.code == .backupRefused)
                var changed = whole
                changed[half] ^= 1
                #expect(try await outcome(changed, for: tenant)?.code == .backupRefused)
                #expect(try await outcome(whole, for: other)?.detail.contains("not of") == true)
                let older = String(decoding: whole, as: UTF8.self).replacing(
                    "\"schema_version\":\(Migrator.newestVersion)", with: "\"schema_version\":1")
                #expect(try await outcome(Array(older.utf8), for: tenant)?.code == .backupRefused)
                #expect(try await sandbox.names(tenant) == ["later", "production"])
                let again = await failure { () throws(Failure) in
                    try await backup.write(tenant, to: file, at: sandbox.clock.now())
                }
                #expect(again?.detail.contains("exists") == true)
            }
        }
    }
}
