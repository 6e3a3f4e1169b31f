internal import Logging
internal import TenonDomain
internal import TenonHTTP
internal import TenonHTTPServer

/// The log of this process, with where it is written to.
struct ProcessLog {
    let logger: Logger
    /// Must be flushed at the end.
    let output = LogOutput()

    init(_ settings: Settings, clock: any WallClock) {
        logger = Logger(label: "tenon") { [output] label in
            LineLogHandler(
                label: label, level: settings.logLevel, format: settings.logFormat, clock: clock, output: output)
        }
        output.onDrops { [logger] count in
            logger.warning("log lines were dropped: standard output was not read", metadata: ["lines": "\(count)"])
        }
    }

    @Sendable func gauges() -> [ServiceMetrics.Gauge] {
        [
            .init(
                "tenon_log_lines_dropped_total", "Log lines dropped because standard output was not read.",
                isCounter: true, Double(output.dropped))
        ]
    }
}
