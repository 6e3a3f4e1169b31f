public import TenonKit

/// Bytes that only the holder of a key can read: format, key id, nonce, ciphertext and tag in one.
public struct SealedBytes: Sendable, Equatable, CustomStringConvertible {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public var description: String { "<\(bytes.count) sealed bytes>" }

    /// Which version of its tenant's data key sealed a value: bytes 1 to 4, the most significant one first. Nil for what
    /// is too short to be a sealed value.
    public var keyVersion: Int32? {
        guard bytes.count >= 5 else { return nil }
        return Int32(bitPattern: bytes[1..<5].reduce(0) { $0 << 8 | UInt32($1) })
    }
}

/// What a data key is for. One key serves one purpose.
public enum DataKeyPurpose: String, Sendable, CaseIterable {
    /// Seals a tenant's stored values.
    case values
    /// Seals what the tenant's audit log says of events. Its versions stay as long as the tenant does, since the log's hash
    /// chain covers what they sealed.
    case audit
    /// The installation's root for keyed digests and refresh tokens; the platform's only.
    case root
}

/// A data encryption key under a key encryption key.
public struct WrappedDataKey: Sendable, Equatable {
    /// How long a process goes on with keys that it opened before it looks again. So long after a change all of them
    /// know of it.
    public static let openedLifetime = Duration.seconds(10)

    public let tenant: TenantID
    public let purpose: DataKeyPurpose
    /// From 1; the highest one seals, all of them open.
    public let version: Int32
    /// Which KEK wraps it.
    public let kekVersion: Int32
    public let wrapped: SealedBytes
    public let createdAt: Timestamp

    public init(
        tenant: TenantID, purpose: DataKeyPurpose, version: Int32, kekVersion: Int32, wrapped: SealedBytes,
        createdAt: Timestamp
    ) {
        self.tenant = tenant
        self.purpose = purpose
        self.version = version
        self.kekVersion = kekVersion
        self.wrapped = wrapped
        self.createdAt = createdAt
    }
}

/// Keeps wrapped data keys.
public protocol DataKeys: Sendable {
    /// The tenant's keys for the purpose, in the order of their versions.
    func keys(of tenant: TenantID, for purpose: DataKeyPurpose) async throws(Failure) -> [WrappedDataKey]

    /// Adds the key unless one of that tenant, purpose and version stands already; the one that stands wins.
    func addIfAbsent(_ key: WrappedDataKey) async throws(Failure)

    /// One key per KEK version in use, of any tenant: what a starting process must be able to open.
    func samplePerKEK() async throws(Failure) -> [WrappedDataKey]
}

/// Stores with a `DataKeys`.
public protocol HasDataKeys: Sendable {
    var dataKeys: any DataKeys { get }
}
