internal import Synchronization
internal import TenonDomain

/// What kinds of values the directory finds rows by. The functions of the schema `directory` use these names.
enum DirectoryKind: String, CaseIterable {
    case email, username
    case apiKey = "api_key"
    case apiKeySecret = "api_key_secret"
    case ssoConnection = "sso_connection"

    /// The digests and ids of all rows in this database, to write all entries anew.
    var source: String {
        switch self {
        case .email: "SELECT email_digest AS digest, tenant_id, id FROM tenon.users"
        case .username: "SELECT username_digest AS digest, tenant_id, id FROM tenon.users"
        case .apiKey: "SELECT id_digest AS digest, tenant_id, id FROM tenon.api_keys"
        case .apiKeySecret: "SELECT digest, tenant_id, key_id AS id FROM tenon.api_key_credentials"
        case .ssoConnection: "SELECT id_digest AS digest, tenant_id, id FROM tenon.sso_connections"
        }
    }
}

/// Maintains the entries by which the directory of the shared database finds rows in a tenant's own database. Stores
/// write an entry before its row. An entry whose transaction then fails leads nowhere, which misleads nobody, since
/// whoever follows it reads the row.
final class DirectoryWriter: Sendable {
    private struct Entry {
        let kind: DirectoryKind
        let digest: [UInt8]
        let high: UInt64
        let low: UInt64
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
    func add<Entity>(_ kind: DirectoryKind, _ digest: [UInt8], _ id: Identifier<Entity>) async throws(Failure) {
        _ = try await registry.rows(Self.insert, [.text(kind.rawValue), .bytes(digest), .id(tenant), .id(id)])
    }

    /// The row is being deleted: its entry is deleted after the commit.
    func removeAfterCommit<Entity>(_ kind: DirectoryKind, _ digest: [UInt8], _ id: Identifier<Entity>) {
        removals.withLock { $0.append(Entry(kind: kind, digest: digest, high: id.high, low: id.low)) }
    }

    /// Deletes the entries of deleted rows. A failure is ignored: an entry that stays is harmless.
    func finishRemovals() async {
        let commands = removals.withLock { entries in
            entries.map { entry in
                Command(
                    Self.delete,
                    [
                        .text(entry.kind.rawValue), .bytes(entry.digest), .id(tenant),
                        .uuid(high: entry.high, low: entry.low),
                    ])
            }
        }
        if !commands.isEmpty { _ = try? await registry.run(commands) }
    }
}
