internal import Logging
internal import Synchronization
internal import TenonDomain
internal import TenonHTTP

/// The health of background jobs. Counts failures. Logs when a job starts to fail, every ten minutes while it fails,
/// and when it works again.
final class JobReports: Sendable {
    private static let reminder = Duration.seconds(600)

    private struct State {
        var failures = 0
        /// When each failing job was last logged, by its message.
        var toldAt: [String: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())

    /// Records the outcome of a run; `failure` is nil on success.
    func note(
        _ complaint: Logger.Message, _ failure: Failure?, at now: ContinuousClock.Instant = .now, _ logger: Logger
    ) {
        guard let failure else {
            let wasFailing = state.withLock { $0.toldAt.removeValue(forKey: complaint.description) != nil }
            if wasFailing { logger.notice("works again", metadata: ["job": "\(complaint)"]) }
            return
        }
        let isNews = state.withLock { state in
            state.failures += 1
            if let toldAt = state.toldAt[complaint.description], now - toldAt < Self.reminder { return false }
            state.toldAt[complaint.description] = now
            return true
        }
        if isNews { logger.warning(complaint, failure) }
    }

    var gauges: [ServiceMetrics.Gauge] {
        let (failures, failing) = state.withLock { ($0.failures, $0.toldAt.count) }
        return [
            .init(
                "tenon_background_failures_total", "Runs of background jobs that failed.", isCounter: true,
                Double(failures)),
            .init("tenon_background_jobs_failing", "Background jobs whose last run failed.", Double(failing)),
        ]
    }
}
