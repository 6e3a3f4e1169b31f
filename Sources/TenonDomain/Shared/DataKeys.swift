public import TenonKit

/// Bytes that only the holder of a key can read: format, key id, nonce, ciphertext and tag.
public struct SealedBytes: Sendable, Equatable, CustomStringConvertible {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public var description: String { "<\(bytes.count) sealed bytes>" }

    /// The version of the tenant's data key that sealed the value: bytes 1 to 4, most significant first. Nil if it is
    /// too short to be a sealed value.
    public var keyVersion: Int32? {
        guard bytes.count >= 5 else { return nil }
        return Int32(bitPattern: bytes[1..<5].reduce(0) { $0 << 8 | UInt32($1) })
    }
}

/// The purpose of a data key. Each key has one purpose.
public enum DataKeyPurpose: String, Sendable, CaseIterable {
    /// Seals a tenant's stored values.
    case values
    /// Seals the contents of the tenant's audit log. Its versions are kept as long as the tenant, because the log's
    /// hash chain covers the ciphertext.
    case audit
    /// The root key of the installation, for keyed digests and refresh tokens; only the platform has one.
    case root
}

/// A data encryption key, wrapped with a key encryption key.
public struct WrappedDataKey: Sendable, Equatable {
    /// How long a process uses opened keys before it reads them again. After this time all processes know about a
    /// change.
    public static let openedLifetime = Duration.seconds(10)

    public let tenant: TenantID
    public let purpose: DataKeyPurpose
    /// From 1; the highest one seals, all of them open.
    public let version: Int32
    /// The KEK that wraps it.
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

/// Stores wrapped data keys.
public protocol DataKeys: Sendable {
    /// The tenant's keys for the purpose, in the order of their versions.
    func keys(of tenant: TenantID, for purpose: DataKeyPurpose) async throws(Failure) -> [WrappedDataKey]

    /// Adds the key unless one with that tenant, purpose and version already exists; the existing one wins.
    func addIfAbsent(_ key: WrappedDataKey) async throws(Failure)

    /// One key per KEK version in use, of any tenant: a starting process must be able to open them.
    func samplePerKEK() async throws(Failure) -> [WrappedDataKey]
}

/// Stores with a `DataKeys`.
public protocol HasDataKeys: Sendable {
    var dataKeys: any DataKeys { get }
}
