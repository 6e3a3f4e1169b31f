import Foundation
import TenonApplication
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport

@testable import TenonPostgres

/// A tenant with a namespace, and a backup file of it.
struct RestoredTenant {
    enum Isolation: CaseIterable {
        case shared, database
    }

    let sandbox: TenantSandbox
    let id: TenantID
    private let isolation: Isolation
    private let folder: String
    private let namespaceID: NamespaceID

    static func use(
        _ isolation: Isolation, on server: PostgresServer? = nil, login: String? = nil,
        _ body: (RestoredTenant) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenon-restore-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await TenantSandbox.use(on: server, login: login) { sandbox in
            let id: TenantID
            if isolation == .shared {
                id = sandbox.ids.next()
            } else if server == nil {
                id = try await sandbox.routed()
            } else {
                id = try await sandbox.request()
                try await until { try await sandbox.reconcile().execute()?.state == .ready }
            }
            // The values' key: a restore looks for it.
            try await sandbox.sql(
                """
                INSERT INTO tenon.data_keys (tenant_id, purpose, version, kek_version, wrapped, created_at)
                VALUES ('\(Scope.uuidText(id))', 'values', 1, 1, '\\x00', now())
                """)
            var made: Namespace?
            try await until {
                made = try? await sandbox.write(id, "app")
                return made != nil
            }
            try await body(
                RestoredTenant(
                    sandbox: sandbox, id: id, isolation: isolation, folder: folder, namespaceID: made!.id))
        }
    }

    // MARK: Backups

    private var backup: TenantBackup { TenantBackup(sandbox.database, settling: .zero) }
    private var file: String { "\(folder)/backup" }

    func backUp() async throws {
        try? FileManager.default.removeItem(atPath: file)
        _ = try await backup.write(id, to: file, at: sandbox.clock.now())
    }

    /// Waits until the tenant is served again.
    func restore() async throws {
        _ = try await backup.restore(id, from: file)
        try await until { (try? await namespace()) != nil }
    }

    func restoreFailure() async -> Failure? {
        await failure { () throws(Failure) in try await backup.restore(id, from: file) }
    }

    /// Removes the tenant's own database, as a broken disk would.
    func lose() async throws {
        try await sandbox.sql("DROP DATABASE \(TenantDatabase.name(of: id)) WITH (FORCE)")
        try await until { (try? await namespace()) == nil }
    }

    /// Changes the lines of the file, and its checksum with them.
    func rewriteBackup(_ change: (String) -> String) throws {
        var lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map { change(String($0)) }
        let end = lines.removeLast()
        var checksum = FNV1a()
        let body = lines.map { $0 + "\n" }.joined()
        checksum.add(Array(body.utf8))
        let new = end.replacing(/"checksum":"[^"]*"/, with: "\"checksum\":\"\(checksum.text)\"")
        try (body + new + "\n").write(toFile: file, atomically: true, encoding: .utf8)
    }

    // MARK: Rows

    /// SQL as the superuser where the tenant's rows are; ID stands for the tenant.
    @discardableResult
    func sql(_ text: String) async throws -> [[String?]] {
        try await sandbox.sql(
            text.replacing("ID", with: "'\(Scope.uuidText(id))'"), in: isolation == .database ? id : nil)
    }

    func namespace() async throws(Failure) -> Namespace {
        try await sandbox.transactions.reads(in: id).configuration.namespace(namespaceID)
    }

    @discardableResult
    private func write<Value: Sendable>(
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await sandbox.transactions.write(for: sandbox.caller(id), body)
    }

    /// Answers the version's number.
    @discardableResult
    func set(_ key: String, _ value: Int) async throws(Failure) -> Int64 {
        let sandbox = sandbox
        let id = namespaceID
        return try await write { work throws(Failure) in
            do {
                let key = try ConfigKey(key)
                let (namespace, entries) = try await work.configuration.revise(id, keys: [key])
                var revision = ConfigRevision(of: namespace, at: sandbox.clock.now())
                let entry = revision.set(
                    key, try ConfigDraft(inferredFrom: .integer(Int64(value))),
                    sealed: SealedBytes([1, 0, 0, 0, 1, UInt8(value)]), as: .updated, before: entries[key],
                    id: sandbox.ids.next(), version: sandbox.ids.next(), references: [], comment: nil, by: "system:test"
                )
                try await work.configuration.save(revision)
                return entry.version.number
            } catch let error as Failure {
                throw error
            } catch {
                throw .bug("\(error)")
            }
        }
    }

    func addUser(_ email: String) async throws {
        let user = User.register(
            id: sandbox.ids.next(), tenant: id, email: try EmailAddress(email), username: nil, name: PersonName(),
            passwordHash: nil, roles: [.owner], at: sandbox.clock.now()
        ).0
        try await write { work throws(Failure) in try await work.users.add(user) }
    }

    func user(_ email: String) async throws -> User {
        let address = try EmailAddress(email)
        let page = try await sandbox.transactions.reads(in: id).users.users(
            PageRequest(limit: 10), matching: UserFilter())
        return page.items.first { $0.email == address }!
    }

    func touchUser(_ email: String) async throws {
        try await sql("UPDATE tenon.users SET version = version + 1 WHERE tenant_id = ID AND email = '\(email)'")
    }

    func addRole(_ name: String) async throws {
        let (id, now) = (id, sandbox.clock.now())
        let role = try Role(name)
        try await write { work throws(Failure) in
            let floor = try await work.policies.roleVersionFloor()
            try await work.policies.add(
                TenantRole.create(
                    role, of: id, description: nil, permissions: [], inherits: [], after: floor, by: "system:test",
                    at: now
                ).0)
        }
    }

    func touchRole(_ name: String) async throws {
        try await sql("UPDATE tenon.roles SET version = version + 1 WHERE tenant_id = ID AND name = '\(name)'")
    }

    func removeRole(_ name: String) async throws {
        let role = try Role(name)
        try await write { work throws(Failure) in try await work.policies.remove(role) }
    }
}
