public import TenonKit

/// Wraps keys under the keys that are set, for rotation. No key shows in its answers.
public protocol KeyWrapping: Sendable {
    /// The versions of the key encryption key that are set, in their order.
    var kekVersions: [Int32] { get }

    /// The version that wraps.
    var newestKEK: Int32 { get }

    /// The same data key under the newest KEK. Fails with `keyEncryptionKeyMissing` or `keyEncryptionKeyWrong`.
    func rewrap(_ key: WrappedDataKey) throws(Failure) -> WrappedDataKey

    /// A fresh key that follows upon this one, under the newest KEK.
    func successor(of key: WrappedDataKey, at now: Timestamp) -> WrappedDataKey

    /// The private half of a token-signing key under what wraps those now: `SECRET_KEY` or the newest KEK. Nil where it
    /// stands under that already. Fails with `keyEncryptionKeyWrong`.
    func rewrap(_ key: StoredSigningKey) throws(Failure) -> SealedBytes?

    /// A fresh token-signing key, pending.
    func newSigningKey(at now: Timestamp) throws(Failure) -> StoredSigningKey

    /// SHA-256 of the wrapped key, which tells two of them apart and nothing else.
    func digest(of key: WrappedDataKey) -> [UInt8]
}

/// Signs statements of the service that are no access tokens.
public protocol ReceiptSigner: Sendable {
    /// A compact JWS (RFC 7515) by the active token-signing key. `type` becomes its `typ`, so that no receipt passes for
    /// a token nor for another kind of receipt.
    func sign(_ receipt: JSONValue, type: String) throws(Failure) -> String
}

/// Knows receipts by the public halves of some keys.
public protocol ReceiptVerifier: Sendable {
    /// The statement of a compact JWS of that `typ` which one of the keys signed; nil for anything else.
    func receipt(_ signed: String, type: String) -> JSONValue?
}
