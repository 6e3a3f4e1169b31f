public import TenonKit

/// A stored token-signing key: the private half is wrapped.
public struct StoredSigningKey: Sendable, Equatable {
    /// The lifecycle of a key: published first, then signing, then only verifying.
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
    /// When it entered its state.
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

/// Stores the installation's token-signing keys.
public protocol SigningKeys: Sendable {
    /// All keys, newest first.
    func all() async throws(Failure) -> [StoredSigningKey]

    /// Adds the key unless there is an active one: of many processes that start concurrently, one wins.
    func addIfNoneIsActive(_ key: StoredSigningKey) async throws(Failure)
}
