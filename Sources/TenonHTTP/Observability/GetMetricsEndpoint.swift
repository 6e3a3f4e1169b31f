internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /metrics`
struct GetMetricsEndpoint: Endpoint {
    static let operation = Operation(
        "getMetrics", .get, "/metrics", mount: .root, tag: "Health", summary: "Metrics for Prometheus",
        description: """
            The text exposition format 0.0.4: requests by operation and status, their durations, connections, \
            admission, and the process. Labels are operations and statuses, never tenants.
            """,
        access: .open, isEssential: true)

    struct Reply: TextRepresentation {
        let text: String

        static var mediaTypes: [String] { ["text/plain; version=0.0.4; charset=utf-8"] }
        static var exampleJSON: JSONValue { .string("# TYPE tenon_http_connections gauge\ntenon_http_connections 3\n") }
    }

    private let metrics: ServiceMetrics

    init(_ metrics: ServiceMetrics) {
        self.metrics = metrics
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        Answer(Reply(text: MetricsText(metrics).text), caching: .none)
    }
}

/// The exposition format: each family once, followed by its samples.
struct MetricsText {
    private(set) var text = ""

    init(_ metrics: ServiceMetrics) {
        let snapshot = metrics.requests.snapshot
        family("tenon_http_requests_total", "counter", "Requests by operation and status.")
        for (key, count) in snapshot.requests.sorted(by: {
            ($0.key.operation, $0.key.status) < ($1.key.operation, $1.key.status)
        }) {
            text += "tenon_http_requests_total{operation=\"\(key.operation)\",status=\"\(key.status)\"} \(count)\n"
        }
        family("tenon_http_request_duration_seconds", "histogram", "From a request's head to its response.")
        for (operation, durations) in snapshot.durations.sorted(by: { $0.key < $1.key }) {
            add(durations, of: operation)
        }
        for gauge in metrics.gauges {
            family(gauge.name, gauge.isCounter ? "counter" : "gauge", gauge.help)
            text += "\(gauge.name) \(Self.number(gauge.value))\n"
        }
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func add(_ durations: RequestMetrics.Durations, of operation: String) {
        let name = "tenon_http_request_duration_seconds"
        var cumulative: UInt64 = 0
        for (bound, count) in zip(RequestMetrics.bounds.map { Self.number($0) } + ["+Inf"], durations.buckets) {
            cumulative += count
            text += "\(name)_bucket{operation=\"\(operation)\",le=\"\(bound)\"} \(cumulative)\n"
        }
        text += "\(name)_sum{operation=\"\(operation)\"} \(durations.sum)\n"
        text += "\(name)_count{operation=\"\(operation)\"} \(durations.count)\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
