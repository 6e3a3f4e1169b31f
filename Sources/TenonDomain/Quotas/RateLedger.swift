/// The subject of a rate limit.
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

/// Requests that a process allowed for a subject.
public struct RateBooking: Sendable, Equatable {
    public let subject: RateSubject
    /// In nanoseconds of the limit.
    public let cost: Int64

    public init(_ subject: RateSubject, cost: Int64) {
        self.subject = subject
        self.cost = cost
    }
}

/// The usage of all processes together: one theoretical arrival time per subject, on one clock.
///
/// Requirements, each with a contract test: a booking is added exactly once, however many processes book concurrently,
/// like `GCRA.charge`; an account without usage expires, by the ledger's own clock.
public protocol RateLedger: ExpiredRows {
    /// Adds the bookings, each of another subject, and returns in their order the current usage of each subject in
    /// nanoseconds.
    func book(_ bookings: [RateBooking]) async throws(Failure) -> [Int64]
}
