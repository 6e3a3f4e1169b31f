public import TenonDomain
public import TenonKit

/// Wraps data keys and token-signing keys with the configured keys.
public struct EnvelopeKeyWrapping: KeyWrapping {
    private let keks: KeyEncryptionKeys
    private let signing: SigningKeyWrapping
    private let randomness: any Randomness

    public init(keks: KeyEncryptionKeys, secretKey: Secret?, randomness: any Randomness) {
        self.keks = keks
        signing = SigningKeyWrapping(keks: keks, secretKey: secretKey)
        self.randomness = randomness
    }

    public var kekVersions: [Int32] { keks.versions }
    public var newestKEK: Int32 { keks.newestVersion }

    public func rewrap(_ key: WrappedDataKey) throws(Failure) -> WrappedDataKey {
        keks.wrap(
            try keks.unwrap(key), tenant: key.tenant, purpose: key.purpose, version: key.version,
            randomness: randomness, createdAt: key.createdAt)
    }

    public func successor(of key: WrappedDataKey, at now: Timestamp) -> WrappedDataKey {
        keks.wrap(
            Secret(wiping: randomness.bytes(32)), tenant: key.tenant, purpose: key.purpose, version: key.version + 1,
            randomness: randomness, createdAt: now)
    }

    public func rewrap(_ key: StoredSigningKey) throws(Failure) -> SealedBytes? {
        try signing.rewrap(key, randomness: randomness)
    }

    public func newSigningKey(at now: Timestamp) throws(Failure) -> StoredSigningKey {
        try signing.newKey(.pending, randomness: randomness, at: now)
    }

    public func digest(of key: WrappedDataKey) -> [UInt8] {
        key.wrapped.bytes.withUnsafeBytes { SHA256.digest($0) }
    }
}
