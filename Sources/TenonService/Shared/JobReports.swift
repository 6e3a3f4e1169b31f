package import Logging
internal import Synchronization
package import TenonDomain
internal import TenonHTTP
package import TenonHTTPServer

/// Counts failures of background jobs. The log says when a job begins to fail, every ten minutes while it fails, and when
/// it works again.
package final class JobReports: Sendable {
    private static let reminder = Duration.seconds(600)

    private struct State {
        var failures = 0
        /// When each job that fails now was logged last, by its message.
        var loggedAt: [String: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Records one run; `failure` is nil where it succeeded.
    package func note(
        _ message: String, _ failure: Failure?, at now: ContinuousClock.Instant = .now, _ logger: Logger
    ) {
        guard let failure else {
            let wasFailing = state.withLock { $0.loggedAt.removeValue(forKey: message) != nil }
            if wasFailing { logger.notice("works again", metadata: ["job": "\(message)"]) }
            return
        }
        let isNews = state.withLock { state in
            state.failures += 1
            if let loggedAt = state.loggedAt[message], now - loggedAt < Self.reminder { return false }
            state.loggedAt[message] = now
            return true
        }
        if isNews { logger.warning("\(message)", failure) }
    }

    package var gauges: [ServiceMetrics.Gauge] {
        let (failures, failing) = state.withLock { ($0.failures, $0.loggedAt.count) }
        return [
            .init(
                "tenon_background_failures_total", "Runs of background jobs that failed.", isCounter: true,
                Double(failures)),
            .init("tenon_background_jobs_failing", "Background jobs whose last run failed.", Double(failing)),
        ]
    }
}
