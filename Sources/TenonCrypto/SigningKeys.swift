public import TenonDomain
internal import TenonKit

/// An opened token-signing key.
public struct SigningKey: Sendable {
    let keyID: String
    let isActive: Bool
    let privateKey: Ed25519PrivateKey
    let publicKey: Ed25519PublicKey
}

/// Wraps the private halves of the token-signing keys, with `SECRET_KEY` or a secret derived from the newest KEK. All
/// of them can unwrap, so that existing keys still open after a new KEK or `SECRET_KEY` is configured.
struct SigningKeyWrapping: Sendable {
    /// The first one wraps. Never empty.
    private let ciphers: [AES256GCM]
    private let hasSecretKey: Bool

    init(keks: KeyEncryptionKeys, secretKey: Secret?) {
        let secrets = (secretKey.map { [$0] } ?? []) + keks.derivedSecrets("signing-keys")
        ciphers = secrets.map { AES256GCM(HKDFSHA256.derive(from: $0, label: "signing-key-wrapping")) }
        hasSecretKey = secretKey != nil
    }

    func newKey(
        _ state: StoredSigningKey.State, randomness: any Randomness, at now: Timestamp
    ) throws(Failure) -> StoredSigningKey {
        let seed = Secret(wiping: randomness.bytes(32))
        guard let key = Ed25519PrivateKey(seed: seed) else { throw .bug("OpenSSL has no Ed25519") }
        let keyID = Base64URL.encode(randomness.bytes(12))
        return StoredSigningKey(
            keyID: keyID, state: state, publicKey: key.publicKey, wrappedPrivateKey: wrap(seed, keyID, randomness),
            createdAt: now, stateSince: now)
    }

    /// Fails with `keyEncryptionKeyWrong` if no configured key opens one of them.
    func open(_ stored: [StoredSigningKey]) throws(Failure) -> [SigningKey] {
        try stored.map { key throws(Failure) in
            guard let privateKey = Ed25519PrivateKey(seed: try unwrap(key).seed),
                privateKey.publicKey == key.publicKey, let publicKey = Ed25519PublicKey(key.publicKey)
            else { throw .bug("The halves of the signing key \(key.keyID) do not match") }
            return SigningKey(
                keyID: key.keyID, isActive: key.state == .active, privateKey: privateKey, publicKey: publicKey)
        }
    }

    /// Wrapped with the current key; nil if it already is.
    func rewrap(_ key: StoredSigningKey, randomness: any Randomness) throws(Failure) -> SealedBytes? {
        let (seed, cipher) = try unwrap(key)
        return cipher == 0 ? nil : wrap(seed, key.keyID, randomness)
    }

    private func wrap(_ seed: Secret, _ keyID: String, _ randomness: any Randomness) -> SealedBytes {
        let nonce = randomness.bytes(AES256GCM.nonceLength)
        return SealedBytes(
            nonce + seed.withWipedArray { ciphers[0].seal($0, nonce: nonce, aad: Self.place(keyID)) })
    }

    /// The seed, and the index of the cipher that opens it.
    private func unwrap(_ key: StoredSigningKey) throws(Failure) -> (seed: Secret, cipher: Int) {
        let bytes = key.wrappedPrivateKey.bytes
        if bytes.count > AES256GCM.nonceLength {
            for (index, cipher) in ciphers.enumerated() {
                if let seed = cipher.open(
                    bytes[AES256GCM.nonceLength...], nonce: bytes[..<AES256GCM.nonceLength], aad: Self.place(key.keyID))
                {
                    return (Secret(wiping: seed), index)
                }
            }
        }
        throw Failure(
            .keyEncryptionKeyWrong,
            hasSecretKey
                ? "SECRET_KEY cannot open the token-signing keys: it is a different key."
                : "No configured key encryption key opens the token-signing keys, and SECRET_KEY is not set.")
    }

    private static func place(_ keyID: String) -> [UInt8] {
        Array("tenon/signing-key/\(keyID)".utf8)
    }
}

/// Reloads the token-signing keys, so that a rotation takes effect in a running process. Call it every
/// `SigningKeySchedule.reloadInterval`.
public struct SigningKeyReload: Sendable {
    private let signer: AccessTokenSigner
    private let signingKeys: any SigningKeys
    private let wrapping: SigningKeyWrapping

    public init(
        signer: AccessTokenSigner, signingKeys: any SigningKeys, keks: KeyEncryptionKeys, secretKey: Secret?
    ) {
        self.signer = signer
        self.signingKeys = signingKeys
        wrapping = SigningKeyWrapping(keks: keks, secretKey: secretKey)
    }

    /// The signer keeps its current keys if this fails.
    public func execute() async throws(Failure) {
        try signer.use(try wrapping.open(try await signingKeys.all()))
    }
}
