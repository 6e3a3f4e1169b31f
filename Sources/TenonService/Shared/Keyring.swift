internal import TenonCrypto
internal import TenonDomain

/// The opened keys, and the parts that use them.
struct Keyring {
    let keys: InstallationKeys
    /// Seals the values of tenants.
    let sealer: EnvelopeSealer
    /// Seals the contents of audit logs.
    let auditSealer: EnvelopeSealer
    let wrapping: EnvelopeKeyWrapping
    let signer: AccessTokenSigner

    var digests: any KeyedDigests { keys.digests }

    /// Creates missing keys. Fails with `keyEncryptionKeyMissing` or `keyEncryptionKeyWrong` if the configured keys do
    /// not open the data.
    static func open(
        _ settings: Settings, _ storage: Storage, keks: KeyEncryptionKeys, _ core: Core
    ) async throws(Failure) -> Keyring {
        let keys = try await InstallationKeys.open(
            keks: keks, secretKey: settings.secretKey, dataKeys: storage.dataKeys, signingKeys: storage.signingKeys,
            randomness: core.randomness, clock: core.clock)
        func sealer(for purpose: DataKeyPurpose) -> EnvelopeSealer {
            EnvelopeSealer(
                keks: keks, for: purpose, dataKeys: storage.dataKeys, randomness: core.randomness, clock: core.clock)
        }
        return Keyring(
            keys: keys, sealer: sealer(for: .values), auditSealer: sealer(for: .audit),
            wrapping: EnvelopeKeyWrapping(keks: keks, secretKey: settings.secretKey, randomness: core.randomness),
            signer: try AccessTokenSigner(
                keys: keys.signingKeys, longestLife: settings.lifetimes.access, randomness: core.randomness))
    }
}
