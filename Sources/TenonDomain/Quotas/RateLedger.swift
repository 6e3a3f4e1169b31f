/// Whose limit it is.
public struct RateSubject: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case tenant, user
        case apiKey = "api_key"
    }

    public let kind: Kind
    public let high: UInt64
    public let low: UInt64

    public init<Entity>(_ kind: Kind, _ id: Identifier<Entity>) {
        self.kind = kind
        high = id.high
        low = id.low
    }

    /// From a store.
    public init(_ kind: Kind, high: UInt64, low: UInt64) {
        self.kind = kind
        self.high = high
        self.low = low
    }

    /// The low half of an id is random.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }
}

/// What a process let pass for somebody.
public struct RateBooking: Sendable, Equatable {
    public let subject: RateSubject
    /// In nanoseconds of the limit.
    public let cost: Int64

    public init(_ subject: RateSubject, cost: Int64) {
        self.subject = subject
        self.cost = cost
    }
}

/// The account of what all processes together let pass: of each subject one theoretical arrival time, on one clock.
///
/// Obligations, each with a contract test: a booking is added once and whole, however many processes book at once, as
/// `GCRA.charge` says; what stands at nothing expires, by the account's own clock.
public protocol RateLedger: ExpiredRows {
    /// Adds the bookings, each of another subject, and answers in their order how much each subject has used now, in
    /// nanoseconds.
    func book(_ bookings: [RateBooking]) async throws(Failure) -> [Int64]
}
