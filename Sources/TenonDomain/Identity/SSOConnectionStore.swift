public import TenonKit

/// A person at a provider, as the user that they are here.
public struct UserIdentity: Sendable, Equatable {
    public let connection: SSOConnectionID
    /// The provider's, compared byte by byte.
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

/// Keeps the connections of the transaction's tenant, who came over them, and which of their states were used.
///
/// Obligations, each with a contract test: names are unique within the tenant; racing changes follow one another; one subject
/// of a connection is one user and one user one subject; a state is spent once; with a connection go its identities;
/// another tenant sees nothing.
public protocol SSOConnectionStore: Sendable {
    /// Fails with `ssoConnectionNameTaken`.
    func add(_ connection: SSOConnection) async throws(Failure)

    /// Fails with `ssoConnectionNotFound`.
    func connection(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection

    /// The same, held until the transaction ends: of two that ask at once the second waits.
    func connectionForUpdate(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection

    /// By name.
    func connections(_ page: PageRequest) async throws(Failure) -> Page<SSOConnection>

    /// Stores what the connection says, its secret and its version. After `connectionForUpdate`, in the same transaction.
    func save(_ connection: SSOConnection) async throws(Failure)

    /// With its identities. The users stay. After `connectionForUpdate`.
    func remove(_ id: SSOConnectionID) async throws(Failure)

    /// The user that the subject is; nil where the subject came never before.
    func user(of subject: String, at connection: SSOConnectionID) async throws(Failure) -> UserID?

    /// Fails with `ssoAccountExists` where the subject or the user has an identity of the connection already, and with
    /// `ssoConnectionNotFound` where the connection is gone.
    func add(_ identity: UserIdentity) async throws(Failure)

    /// Whether the digest of a state stands here for the first time; it does from now on, until it expires. Forgets
    /// those that have expired.
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
