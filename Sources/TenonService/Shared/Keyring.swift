package import TenonCrypto
internal import TenonDomain

/// The opened keys, and what works with them.
package struct Keyring: Sendable {
    private let keks: KeyEncryptionKeys
    private let secretKey: Secret?
    package let keys: InstallationKeys
    /// Seals the values of tenants.
    package let sealer: EnvelopeSealer
    /// Seals the contents of audit logs.
    package let auditSealer: EnvelopeSealer
    package let wrapping: EnvelopeKeyWrapping
    package let signer: AccessTokenSigner
    private let randomness: any Randomness

    /// Creates missing keys. Fails with `keyEncryptionKeyMissing` or `keyEncryptionKeyWrong` if the configured keys do
    /// not open the data.
    init(
        _ source: EncryptionKeySource, _ storage: any StorageAdapters, _ options: TenonOptions
    ) async throws(Failure) {
        let process = storage.process
        let keks = try await source.open(for: storage)
        self.keks = keks
        secretKey = options.secretKey
        randomness = process.randomness
        keys = try await InstallationKeys.open(
            keks: keks, secretKey: options.secretKey, dataKeys: storage.dataKeys, signingKeys: storage.signingKeys,
            randomness: process.randomness, clock: process.clock)
        func sealer(for purpose: DataKeyPurpose) -> EnvelopeSealer {
            EnvelopeSealer(
                keks: keks, for: purpose, dataKeys: storage.dataKeys, randomness: process.randomness,
                clock: process.clock)
        }
        self.sealer = sealer(for: .values)
        auditSealer = sealer(for: .audit)
        wrapping = EnvelopeKeyWrapping(keks: keks, secretKey: options.secretKey, randomness: process.randomness)
        signer = try AccessTokenSigner(
            keys: keys.signingKeys, longestLife: options.lifetimes.access, randomness: process.randomness)
    }

    /// What the storage needs of the keys.
    var storage: StorageKeys {
        StorageKeys(
            digests: keys.digests,
            audit: AuditSealer(sealer: auditSealer, hashing: OpenSSLChainHash(), randomness: randomness))
    }

    func reload(from signingKeys: any SigningKeys) -> SigningKeyReload {
        SigningKeyReload(signer: signer, signingKeys: signingKeys, keks: keks, secretKey: secretKey)
    }
}
