internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// Everything that `/metrics` tells: requests, the sockets' side of the service, and what the composition root adds.
public final class ServiceMetrics: Sendable {
    /// One number of the moment.
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
                    Gauge("tenon_http_requests_running", "Requests that run.", Double(admission.running)),
                    Gauge("tenon_http_requests_waiting", "Requests that wait for a turn.", Double(admission.waiting)),
                    Gauge(
                        "tenon_http_requests_suspended",
                        "Requests that wait for something slow, such as an identity provider, without a place.",
                        Double(admission.suspended)),
                    Gauge("tenon_http_watchers", "Open streams and requests that wait.", Double(watching.running)),
                    Gauge(
                        "tenon_http_requests_turned_away_total", "Requests answered 503 for overload.",
                        isCounter: true, Double(admission.turnedAway + watching.turnedAway)),
                    Gauge(
                        "tenon_http_memory_bytes", "Bytes that bodies, answers and intermediate results hold.",
                        Double(memory.held)),
                ]
            }
        }
    }
}
