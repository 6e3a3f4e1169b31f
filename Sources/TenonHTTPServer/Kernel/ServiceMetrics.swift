internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// The contents of `/metrics`: requests, the HTTP server, and the composition root's additions.
public final class ServiceMetrics: Sendable {
    /// One current number.
    public struct Gauge: Sendable {
        public let name: String
        public let help: String
        public let isCounter: Bool
        public let value: Double

        /// `name` is `snake_case` with its unit; a counter only grows and ends in `_total`.
        public init(_ name: String, _ help: String, isCounter: Bool = false, _ value: Double) {
            self.name = name
            self.help = help
            self.isCounter = isCounter
            self.value = value
        }
    }

    package let requests = RequestMetrics()
    private let sources: Mutex<[@Sendable () -> [Gauge]]>

    public init(_ sources: [@Sendable () -> [Gauge]] = []) {
        self.sources = Mutex(sources)
    }

    /// More numbers, asked for at each scrape.
    public func add(_ source: @escaping @Sendable () -> [Gauge]) {
        sources.withLock { $0.append(source) }
    }

    package var gauges: [Gauge] {
        sources.withLock { $0 }.flatMap { $0() }
    }

    func watch(_ table: ConnectionTable, _ admission: Admission, _ watching: Admission, _ memory: MemoryBudget) {
        sources.withLock { sources in
            sources.append {
                let connections = table.counts
                let admission = admission.counts
                let watching = watching.counts
                return [
                    Gauge("tenon_http_connections", "Open connections.", Double(connections.open)),
                    Gauge(
                        "tenon_http_connections_refused_total", "Connections beyond a limit.", isCounter: true,
                        Double(connections.refused)),
                    Gauge("tenon_http_requests_running", "Running requests.", Double(admission.running)),
                    Gauge("tenon_http_requests_waiting", "Requests that wait for a slot.", Double(admission.waiting)),
                    Gauge(
                        "tenon_http_requests_suspended",
                        "Requests without a slot that wait for something slow, such as an identity provider.",
                        Double(admission.suspended)),
                    Gauge("tenon_http_watchers", "Open streams and long polls.", Double(watching.running)),
                    Gauge(
                        "tenon_http_requests_turned_away_total", "Requests refused with 503 because of overload.",
                        isCounter: true, Double(admission.turnedAway + watching.turnedAway)),
                    Gauge(
                        "tenon_http_memory_bytes", "Bytes of bodies, responses and intermediate results.",
                        Double(memory.held)),
                ]
            }
        }
    }
}
