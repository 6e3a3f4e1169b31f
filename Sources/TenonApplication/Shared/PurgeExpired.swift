public import TenonDomain

/// Takes away what nobody needs any more, of every kind and of all tenants.
public struct PurgeExpired: Sendable {
    private let all: [any ExpiredRows]
    private let clock: any WallClock

    public init(_ all: [any ExpiredRows], clock: any WallClock) {
        self.all = all
        self.clock = clock
    }

    /// Answers how many rows there were. One kind that fails does not hold the others up; the first failure is thrown at the
    /// end.
    public func execute() async throws(Failure) -> Int {
        let now = clock.now()
        var count = 0
        var failure: Failure?
        for rows in all {
            do throws(Failure) {
                count += try await rows.purge(at: now)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return count
    }
}
