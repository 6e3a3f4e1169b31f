public import TenonDomain

/// The keys of an installation, opened: what a starting process needs before it can serve.
public struct InstallationKeys: Sendable {
    public let digests: RootDigests
    public let refreshTokens: CounterRefreshTokens
    public let signingKeys: [SigningKey]

    /// Opens the keys, and makes those that are missing; of several processes that start at once one makes them.
    /// Fails with `keyEncryptionKeyMissing` or `keyEncryptionKeyWrong` where a set key does not open the data.
    ///
    /// `secretKey` wraps the signing keys; nil derives one from the KEK.
    public static func open(
        keks: KeyEncryptionKeys, secretKey: Secret?, dataKeys: any DataKeys, signingKeys: any SigningKeys,
        randomness: any Randomness, clock: any WallClock
    ) async throws(Failure) -> InstallationKeys {
        for sample in try await dataKeys.samplePerKEK() { _ = try keks.unwrap(sample) }
        let root = try await platformKey(for: .root, keks, dataKeys, randomness, clock)
        // The platform keeps sealed values as every tenant does, such as answers to its administrators' requests.
        _ = try await platformKey(for: .values, keks, dataKeys, randomness, clock)
        let wrapping = AES256GCM(
            HKDFSHA256.derive(from: secretKey ?? keks.derivedSecret("signing-keys"), label: "signing-key-wrapping"))
        if !(try await signingKeys.all().contains { $0.state == .active }) {
            try await signingKeys.addIfNoneIsActive(
                try SigningKey.make(wrapping: wrapping, randomness: randomness, at: clock.now()))
        }
        var opened: [SigningKey] = []
        for stored in try await signingKeys.all() { opened.append(try SigningKey(stored, wrapping: wrapping)) }
        return InstallationKeys(
            digests: RootDigests(root), refreshTokens: CounterRefreshTokens(root), signingKeys: opened)
    }

    private static func platformKey(
        for purpose: DataKeyPurpose, _ keks: KeyEncryptionKeys, _ dataKeys: any DataKeys,
        _ randomness: any Randomness, _ clock: any WallClock
    ) async throws(Failure) -> Secret {
        if let stored = try await dataKeys.keys(of: .platform, for: purpose).first { return try keks.unwrap(stored) }
        try await dataKeys.addIfAbsent(
            keks.wrap(
                Secret(wiping: randomness.bytes(32)), tenant: .platform, purpose: purpose, version: 1,
                randomness: randomness, at: clock.now()))
        guard let stored = try await dataKeys.keys(of: .platform, for: purpose).first else {
            throw .bug("The platform's \(purpose) key was stored and is not there")
        }
        return try keks.unwrap(stored)
    }
}

/// A token-signing key, opened.
public struct SigningKey: Sendable {
    let keyID: String
    let isActive: Bool
    let privateKey: Ed25519PrivateKey
    let publicKey: Ed25519PublicKey

    init(_ stored: StoredSigningKey, wrapping: AES256GCM) throws(Failure) {
        let bytes = stored.wrappedPrivateKey.bytes
        guard bytes.count > AES256GCM.nonceLength,
            let seed = wrapping.open(
                bytes[AES256GCM.nonceLength...], nonce: bytes[..<AES256GCM.nonceLength],
                aad: Self.place(stored.keyID)),
            let privateKey = Ed25519PrivateKey(seed: Secret(wiping: seed)), privateKey.publicKey == stored.publicKey,
            let publicKey = Ed25519PublicKey(stored.publicKey)
        else {
            throw Failure(
                .keyEncryptionKeyWrong, "SECRET_KEY cannot open the token-signing keys: it is another key.")
        }
        keyID = stored.keyID
        isActive = stored.state == .active
        self.privateKey = privateKey
        self.publicKey = publicKey
    }

    static func make(
        wrapping: AES256GCM, randomness: any Randomness, at now: Timestamp
    ) throws(Failure) -> StoredSigningKey {
        let seed = Secret(wiping: randomness.bytes(32))
        guard let key = Ed25519PrivateKey(seed: seed) else { throw .bug("OpenSSL has no Ed25519") }
        let keyID = Base64URL.encode(randomness.bytes(12))
        let nonce = randomness.bytes(AES256GCM.nonceLength)
        return StoredSigningKey(
            keyID: keyID, state: .active, publicKey: key.publicKey,
            wrappedPrivateKey: SealedBytes(
                nonce + seed.withWipedArray { wrapping.seal($0, nonce: nonce, aad: place(keyID)) }),
            createdAt: now)
    }

    private static func place(_ keyID: String) -> [UInt8] {
        Array("tenon/signing-key/\(keyID)".utf8)
    }
}
