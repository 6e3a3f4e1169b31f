package import TenonApplication
internal import TenonCrypto
internal import TenonDomain

/// The use cases of keys, for the operator.
package struct KeyUseCases: Sendable {
    package let status: GetKeyStatus
    package let rotateKEK: RotateKeyEncryptionKey
    package let rotateDEK: RotateDataKey
    package let shred: ShredTenantKey
    package let rotateSigning: RotateSigningKeys

    /// `grace` is how long an older data key stays, for processes that still write with it.
    package init(_ parts: UseCaseDependencies, grace: Duration = RotateDataKey.standardGrace) {
        let (storage, keyring, clock) = (parts.storage, parts.keyring, parts.ports.clock)
        let schedule = SigningKeySchedule(accessTokens: parts.options.lifetimes.access)
        status = GetKeyStatus(
            transactions: parts.ports.transactions, dataKeys: storage.dataKeys, rotation: storage.dataKeyRotation,
            cells: storage.sealedCells, signingKeys: storage.signingKeys, wrapping: keyring.wrapping,
            schedule: schedule, clock: clock)
        rotateKEK = RotateKeyEncryptionKey(
            transactions: parts.ports.transactions, rotation: storage.dataKeyRotation,
            signingKeys: storage.signingKeys, signingKeyRotation: storage.signingKeyRotation,
            wrapping: keyring.wrapping)
        rotateDEK = RotateDataKey(
            dataKeys: storage.dataKeys, rotation: storage.dataKeyRotation, cells: storage.sealedCells,
            sealer: keyring.sealer, wrapping: keyring.wrapping, clock: clock, grace: grace)
        shred = ShredTenantKey(
            rotation: storage.dataKeyRotation, sealer: keyring.sealer, wrapping: keyring.wrapping,
            signer: keyring.signer, clock: clock)
        rotateSigning = RotateSigningKeys(
            signingKeys: storage.signingKeys, rotation: storage.signingKeyRotation, wrapping: keyring.wrapping,
            schedule: schedule, clock: clock)
    }
}
