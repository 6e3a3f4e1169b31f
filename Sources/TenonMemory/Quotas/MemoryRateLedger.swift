internal import Synchronization
public import TenonDomain
public import TenonKit

/// The ledger of rate limits in memory, with its own clock.
public final class MemoryRateLedger: RateLedger {
    private let accounts = Mutex<[RateSubject: GCRA]>([:])
    private let now: @Sendable () -> Int64

    /// `now` counts nanoseconds.
    public init(now: @escaping @Sendable () -> Int64 = GCRA.monotonicNanoseconds) {
        self.now = now
    }

    public func book(_ bookings: [RateBooking]) async throws(Failure) -> [Int64] {
        let now = now()
        return accounts.withLock { accounts in
            bookings.map { booking in
                accounts[booking.subject, default: GCRA()].charge(booking.cost, at: now)
                return accounts[booking.subject]?.used(at: now) ?? 0
            }
        }
    }

    public func purge(at _: Timestamp) async throws(Failure) -> Int {
        let now = now()
        return accounts.withLock { accounts in
            let before = accounts.count
            accounts = accounts.filter { $0.value.used(at: now) > 0 }
            return before - accounts.count
        }
    }
}
