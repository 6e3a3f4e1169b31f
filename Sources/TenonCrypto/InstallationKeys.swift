public import TenonDomain

/// The opened keys of an installation, which a starting process needs before it can serve.
public struct InstallationKeys: Sendable {
    public let digests: RootDigests
    public let refreshTokens: CounterRefreshTokens
    public let signingKeys: [SigningKey]

    /// Opens the keys, and generates missing ones; of several processes that start concurrently one generates them.
    /// Fails with `keyEncryptionKeyMissing` or `keyEncryptionKeyWrong` if the configured keys do not open the data.
    ///
    /// `secretKey` wraps the signing keys; nil derives a key from the newest KEK.
    public static func open(
        keks: KeyEncryptionKeys, secretKey: Secret?, dataKeys: any DataKeys, signingKeys: any SigningKeys,
        randomness: any Randomness, clock: any WallClock
    ) async throws(Failure) -> InstallationKeys {
        for sample in try await dataKeys.samplePerKEK() { _ = try keks.unwrap(sample) }
        let root = try await platformKey(for: .root, keks, dataKeys, randomness, clock)
        // Like every tenant, the platform has sealed values, such as responses to its administrators.
        _ = try await platformKey(for: .values, keks, dataKeys, randomness, clock)
        let wrapping = SigningKeyWrapping(keks: keks, secretKey: secretKey)
        if !(try await signingKeys.all().contains { $0.state == .active }) {
            try await signingKeys.addIfNoneIsActive(
                try wrapping.newKey(.active, randomness: randomness, at: clock.now()))
        }
        return InstallationKeys(
            digests: RootDigests(root), refreshTokens: CounterRefreshTokens(root),
            signingKeys: try wrapping.open(try await signingKeys.all()))
    }

    private static func platformKey(
        for purpose: DataKeyPurpose, _ keks: KeyEncryptionKeys, _ dataKeys: any DataKeys,
        _ randomness: any Randomness, _ clock: any WallClock
    ) async throws(Failure) -> Secret {
        if let stored = try await dataKeys.keys(of: .platform, for: purpose).first { return try keks.unwrap(stored) }
        try await dataKeys.addIfAbsent(
            keks.wrap(
                Secret(wiping: randomness.bytes(32)), tenant: .platform, purpose: purpose, version: 1,
                randomness: randomness, createdAt: clock.now()))
        guard let stored = try await dataKeys.keys(of: .platform, for: purpose).first else {
            throw .bug("The platform's \(purpose) key was stored but does not exist")
        }
        return try keks.unwrap(stored)
    }
}
