public import TenonDomain

/// What nearly every use case needs of the outside. Each bundle of use cases takes it, beside what it alone needs.
public struct Ports: Sendable {
    /// Opens transactions on the rows of tenants.
    public let transactions: any Transactions
    public let authorizer: any Authorizer
    /// Seals the values of tenants.
    public let sealer: any ValueSealer
    /// Stand for what is looked up or recorded without being told.
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
