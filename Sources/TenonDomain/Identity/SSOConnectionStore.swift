public import TenonKit

/// The link of a person at a provider to a user.
public struct UserIdentity: Sendable, Equatable {
    public let connection: SSOConnectionID
    /// The provider's id of the person, compared byte by byte.
    public let subject: String
    public let user: UserID
    public let createdAt: Timestamp

    public init(connection: SSOConnectionID, subject: String, user: UserID, createdAt: Timestamp) {
        self.connection = connection
        self.subject = subject
        self.user = user
        self.createdAt = createdAt
    }
}

/// Stores the connections of the transaction's tenant, their linked users, and their used states.
///
/// Requirements, each with a contract test: names are unique within the tenant; concurrent changes are serialized; one
/// subject of a connection is one user and one user one subject; a state can be used once; deleting a connection
/// deletes its identities; other tenants see nothing.
public protocol SSOConnectionStore: Sendable {
    /// Fails with `ssoConnectionNameTaken`.
    func add(_ connection: SSOConnection) async throws(Failure)

    /// Fails with `ssoConnectionNotFound`.
    func connection(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection

    /// The same, locked until the transaction ends: a second caller waits.
    func connectionForUpdate(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection

    /// By name.
    func connections(_ page: PageRequest) async throws(Failure) -> Page<SSOConnection>

    /// Stores the connection's settings, secret and version. Requires `connectionForUpdate` in the same transaction.
    func save(_ connection: SSOConnection) async throws(Failure)

    /// Deletes the connection with its identities. The users stay. Requires `connectionForUpdate`.
    func remove(_ id: SSOConnectionID) async throws(Failure)

    /// The user linked to the subject; nil if the subject never signed in.
    func user(of subject: String, at connection: SSOConnectionID) async throws(Failure) -> UserID?

    /// Fails with `ssoAccountExists` if the subject or the user already has an identity of the connection, and with
    /// `ssoConnectionNotFound` if the connection does not exist.
    func add(_ identity: UserIdentity) async throws(Failure)

    /// Whether the digest of a state is new; it is stored until it expires. Deletes expired ones.
    func spend(_ state: [UInt8], until expiry: Timestamp, at now: Timestamp) async throws(Failure) -> Bool
}

/// Stores with a `SSOConnectionStore`.
public protocol HasSSO: Sendable {
    var sso: any SSOConnectionStore { get }
}

extension SSOConnection: StoredResource {
    public var storeKey: SSOConnectionID { id }
    public var sortKey: String { name.text }
    public var checkedVersion: Int64? { version }

    public static let uniqueKeys = [
        UniqueKey<SSOConnection>("sso_connections_name_key", \.name.text) { connection in
            Failure(.ssoConnectionNameTaken, "There is a connection \(connection.name.text) already.")
        }
    ]
}
