public import TenonKit

/// A token-signing key as it is stored: the private half wrapped.
public struct StoredSigningKey: Sendable, Equatable {
    /// Where a key is in its life: published first, then used, then only verified with.
    public enum State: String, Sendable, CaseIterable {
        case pending, active, retiring
    }

    /// `[A-Za-z0-9_-]{1,64}`.
    public let keyID: String
    public let state: State
    /// Ed25519, 32 bytes.
    public let publicKey: [UInt8]
    public let wrappedPrivateKey: SealedBytes
    public let createdAt: Timestamp
    /// When it came into its state.
    public let stateSince: Timestamp

    public init(
        keyID: String, state: State, publicKey: [UInt8], wrappedPrivateKey: SealedBytes, createdAt: Timestamp,
        stateSince: Timestamp
    ) {
        self.keyID = keyID
        self.state = state
        self.publicKey = publicKey
        self.wrappedPrivateKey = wrappedPrivateKey
        self.createdAt = createdAt
        self.stateSince = stateSince
    }
}

/// Keeps the installation's token-signing keys.
public protocol SigningKeys: Sendable {
    /// All keys, newest first.
    func all() async throws(Failure) -> [StoredSigningKey]

    /// Adds the key unless there is an active one already: of many processes that start at once, one wins.
    func addIfNoneIsActive(_ key: StoredSigningKey) async throws(Failure)
}
