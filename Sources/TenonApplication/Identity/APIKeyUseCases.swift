public import TenonDomain

/// The use cases of API keys.
public struct APIKeyUseCases: Sendable {
    public let create: CreateAPIKey
    public let get: GetAPIKey
    public let list: ListAPIKeys
    public let update: UpdateAPIKey
    public let rotate: RotateAPIKey
    public let revoke: RevokeAPIKey

    public init(_ ports: Ports, cryptography: any MessageCryptography) {
        let (transactions, authorizer, clock) = (ports.transactions, ports.authorizer, ports.clock)
        let issue = IssueCredential(
            digests: ports.digests, sealer: ports.sealer, cryptography: cryptography, identifiers: ports.identifiers,
            randomness: ports.randomness)
        create = CreateAPIKey(
            transactions: Writes(transactions) { $0 }, authorizer: authorizer, issue: issue, clock: clock)
        get = GetAPIKey(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        list = ListAPIKeys(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        update = UpdateAPIKey(transactions: Writes(transactions) { $0 }, authorizer: authorizer, clock: clock)
        rotate = RotateAPIKey(
            transactions: Writes(transactions) { $0 }, authorizer: authorizer, issue: issue, clock: clock)
        revoke = RevokeAPIKey(transactions: Writes(transactions) { $0 }, authorizer: authorizer)
    }
}
