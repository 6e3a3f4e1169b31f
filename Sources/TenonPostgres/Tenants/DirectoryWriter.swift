internal import Synchronization
internal import TenonDomain

/// A kind of values that the directory finds rows by. The functions of the schema `directory` use the names.
struct DirectoryKind: Sendable {
    let name: String
    /// Selects the digests and ids of all rows in this database, to write all entries anew.
    let source: String

    init(_ name: String, _ source: String) {
        self.name = name
        self.source = source
    }
}

/// Maintains the entries by which the directory of the shared database finds rows in a tenant's own database. Stores
/// write an entry before its row. An entry whose transaction then fails leads nowhere, which misleads nobody, since
/// whoever follows it reads the row.
final class DirectoryWriter: Sendable {
    private struct Entry {
        let kind: DirectoryKind
        let digest: [UInt8]
        let id: PostgresValue
    }

    let registry: any StatementRunner
    let tenant: TenantID
    private let removals = Mutex<[Entry]>([])

    init(registry: any StatementRunner, tenant: TenantID) {
        self.registry = registry
        self.tenant = tenant
    }

    private static let insert = Statement(
        "insert_directory_entry",
        "INSERT INTO directory_entries (kind, digest, tenant_id, id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        isRepeatable: true)
    private static let delete = Statement(
        "delete_directory_entry",
        "DELETE FROM directory_entries WHERE kind = $1 AND digest = $2 AND tenant_id = $3 AND id = $4")

    /// The entry is committed when this returns.
    func add(_ kind: DirectoryKind, _ digest: [UInt8], _ id: PostgresValue) async throws(Failure) {
        _ = try await registry.rows(Self.insert, [.text(kind.name), .bytes(digest), .id(tenant), id])
    }

    /// The row is being deleted: its entry is deleted after the commit.
    func removeAfterCommit(_ kind: DirectoryKind, _ digest: [UInt8], _ id: PostgresValue) {
        removals.withLock { $0.append(Entry(kind: kind, digest: digest, id: id)) }
    }

    /// Deletes the entries of deleted rows. A failure is ignored: an entry that stays is harmless.
    func finishRemovals() async {
        let commands = removals.withLock { entries in
            entries.map { entry in
                Command(Self.delete, [.text(entry.kind.name), .bytes(entry.digest), .id(tenant), entry.id])
            }
        }
        if !commands.isEmpty { _ = try? await registry.run(commands) }
    }
}
