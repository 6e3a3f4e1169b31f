internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonPostgres

/// Composes the use cases of `tenon keys`.
struct KeyWiring {
    let status: GetKeyStatus
    let rotateKEK: RotateKeyEncryptionKey
    let rotateDEK: RotateDataKey
    let shred: ShredTenantKey
    let rotateSigning: RotateSigningKeys
    let tenants: OperatorTenants

    /// Fails if the configured keys do not open the data, as the service does on start.
    init(_ database: PostgresDatabase, _ context: CommandContext, grace: Duration) async throws(Failure) {
        let (settings, core) = (context.settings, context.core)
        let keys = PostgresKeys(database)
        let storage = Storage.postgres(database, nil)
        let keyring = try await Keyring.open(settings, storage, keks: context.keks, core)
        let (sealer, wrapping) = (keyring.sealer, keyring.wrapping)
        let transactions = storage.transactions(keyring, core)
        let rotation = PostgresDataKeyRotation(database, clock: core.clock, identifiers: core.identifiers)
        let signingRotation = PostgresSigningKeyRotation(database, clock: core.clock, identifiers: core.identifiers)
        let cells = PostgresSealedCells(database, clock: core.clock, identifiers: core.identifiers)
        let schedule = SigningKeySchedule(accessTokens: settings.lifetimes.access)
        status = GetKeyStatus(
            transactions: transactions, dataKeys: keys, rotation: rotation, cells: cells, signingKeys: keys,
            wrapping: wrapping, schedule: schedule, clock: core.clock)
        rotateKEK = RotateKeyEncryptionKey(
            transactions: transactions, rotation: rotation, signingKeys: keys, signingKeyRotation: signingRotation,
            wrapping: wrapping)
        rotateDEK = RotateDataKey(
            dataKeys: keys, rotation: rotation, cells: cells, sealer: sealer, wrapping: wrapping, clock: core.clock,
            grace: grace)
        shred = ShredTenantKey(
            rotation: rotation, sealer: sealer, wrapping: wrapping, signer: keyring.signer, clock: core.clock)
        rotateSigning = RotateSigningKeys(
            signingKeys: keys, rotation: signingRotation, wrapping: wrapping, schedule: schedule, clock: core.clock)
        tenants = OperatorTenants(storage, keyring, core)
    }
}
