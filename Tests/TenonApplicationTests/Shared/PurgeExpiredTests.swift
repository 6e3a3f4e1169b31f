import Synchronization
import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct PurgeExpiredTests {
    @Test("a kind of rows that cannot be purged holds up none behind it, and its failure is heard of")
    func purge() async throws {
        let clock = ManualClock()
        let (first, last) = (Rows(2), Rows(3))
        #expect(try await PurgeExpired([first, last], clock: clock).execute() == 5)
        let refused = await failure { () throws(Failure) in
            try await PurgeExpired([first, Rows(nil), last], clock: clock).execute()
        }
        #expect(refused?.code == .serviceUnavailable)
        #expect(last.purges == [clock.now(), clock.now()])
    }
}

/// Remembers when they were purged.
private final class Rows: ExpiredRows {
    private let count: Int?
    private let moments = Mutex<[Timestamp]>([])

    /// Without a count their store does not answer.
    init(_ count: Int?) {
        self.count = count
    }

    var purges: [Timestamp] { moments.withLock { $0 } }

    func purge(at now: Timestamp) async throws(Failure) -> Int {
        moments.withLock { $0.append(now) }
        guard let count else { throw .unavailable("The store does not answer.") }
        return count
    }
}
