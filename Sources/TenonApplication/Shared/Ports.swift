public import TenonDomain

/// The ports that nearly every use case needs. Each bundle of use cases takes it, in addition to its own ports.
public struct Ports: Sendable {
    /// Opens transactions on the rows of tenants.
    public let transactions: any Transactions
    public let authorizer: any Authorizer
    /// Seals the values of tenants.
    public let sealer: any ValueSealer
    /// Replace data in lookups and records without revealing it.
    public let digests: any KeyedDigests
    public let identifiers: Identifiers
    public let randomness: any Randomness
    public let clock: any WallClock

    public init(
        transactions: any Transactions, authorizer: any Authorizer, sealer: any ValueSealer,
        digests: any KeyedDigests, identifiers: Identifiers, randomness: any Randomness, clock: any WallClock
    ) {
        self.transactions = transactions
        self.authorizer = authorizer
        self.sealer = sealer
        self.digests = digests
        self.identifiers = identifiers
        self.randomness = randomness
        self.clock = clock
    }
}
