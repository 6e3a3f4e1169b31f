public import TenonDomain

/// The parts that authenticate programs.
public struct APIKeyVerification: Sendable {
    let keys: VerifyAPIKey
    let signatures: VerifySignature

    /// `known` is notified of changes through `AccessObservers`; `RecordAPIKeyUses` stores the contents of `uses`.
    public init(
        transactions: any Transactions, directory: any Directory, seen: any SeenSignatures,
        sealer: any ValueSealer, digests: any KeyedDigests, cryptography: any MessageCryptography,
        known: KnownAPIKeys, uses: APIKeyUses, clock: any WallClock
    ) {
        let find = FindAPIKey(
            transactions: transactions, directory: directory, sealer: sealer, known: known, uses: uses,
            clock: clock)
        keys = VerifyAPIKey(find: find, digests: digests, clock: clock)
        signatures = VerifySignature(
            find: find, seen: seen, cryptography: cryptography, digests: digests, clock: clock)
    }
}
