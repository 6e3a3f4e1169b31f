public import TenonDomain

/// Deletes expired rows of every kind and all tenants.
public struct PurgeExpired: Sendable {
    private let all: [any ExpiredRows]
    private let clock: any WallClock

    public init(_ all: [any ExpiredRows], clock: any WallClock) {
        self.all = all
        self.clock = clock
    }

    /// Returns the number of rows. A failure does not delay other kinds; the first failure is thrown at the end.
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
