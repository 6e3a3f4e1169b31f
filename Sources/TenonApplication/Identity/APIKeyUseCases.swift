public import TenonDomain

/// The use cases of API keys, put together.
public struct APIKeyUseCases: Sendable {
    public let create: CreateAPIKey
    public let get: GetAPIKey
    public let list: ListAPIKeys
    public let update: UpdateAPIKey
    public let rotate: RotateAPIKey
    public let revoke: RevokeAPIKey

    public init(
        transactions: any Transactions, authorizer: any Authorizer, digests: any KeyedDigests, sealer: any ValueSealer,
        cryptography: any MessageCryptography, identifiers: Identifiers, randomness: any Randomness,
        clock: any WallClock
    ) {
        let issue = IssueCredential(
            digests: digests, sealer: sealer, cryptography: cryptography, identifiers: identifiers,
            randomness: randomness)
        create = CreateAPIKey(transactions: transactions, authorizer: authorizer, issue: issue, clock: clock)
        get = GetAPIKey(transactions: transactions, authorizer: authorizer)
        list = ListAPIKeys(transactions: transactions, authorizer: authorizer)
        update = UpdateAPIKey(transactions: transactions, authorizer: authorizer, clock: clock)
        rotate = RotateAPIKey(transactions: transactions, authorizer: authorizer, issue: issue, clock: clock)
        revoke = RevokeAPIKey(transactions: transactions, authorizer: authorizer)
    }
}
