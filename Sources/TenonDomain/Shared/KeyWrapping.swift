public import TenonKit

/// Wraps keys with the configured keys, for rotation. Its results never contain a plain key.
public protocol KeyWrapping: Sendable {
    /// The versions of the configured key encryption keys, in order.
    var kekVersions: [Int32] { get }

    /// The version that wraps.
    var newestKEK: Int32 { get }

    /// The same data key, wrapped with the newest KEK. Fails with `keyEncryptionKeyMissing` or `keyEncryptionKeyWrong`.
    func rewrap(_ key: WrappedDataKey) throws(Failure) -> WrappedDataKey

    /// A new key with the next version, wrapped with the newest KEK.
    func successor(of key: WrappedDataKey, at now: Timestamp) -> WrappedDataKey

    /// The private half of a token-signing key, wrapped with the current wrapping key: `SECRET_KEY` or the newest KEK.
    /// Nil if it already is. Fails with `keyEncryptionKeyWrong`.
    func rewrap(_ key: StoredSigningKey) throws(Failure) -> SealedBytes?

    /// A new token-signing key, pending.
    func newSigningKey(at now: Timestamp) throws(Failure) -> StoredSigningKey

    /// SHA-256 of the wrapped key, which only identifies it.
    func digest(of key: WrappedDataKey) -> [UInt8]
}

/// Signs statements of the service that are not access tokens.
public protocol ReceiptSigner: Sendable {
    /// A compact JWS (RFC 7515), signed by the active token-signing key. `type` becomes its `typ`, so that no receipt
    /// can be used as a token or as another kind of receipt.
    func sign(_ receipt: JSONValue, type: String) throws(Failure) -> String
}

/// Verifies receipts with the public halves of some keys.
public protocol ReceiptVerifier: Sendable {
    /// The statement of a compact JWS of that `typ` that one of the keys signed; nil for anything else.
    func receipt(_ signed: String, type: String) -> JSONValue?
}
