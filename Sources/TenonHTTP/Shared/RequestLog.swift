internal import HTTPTypes
internal import HummingbirdCore
internal import Logging

/// One line per request: id, tenant, route, status, duration. The path is not logged, since a client can put
/// anything into it; the route is.
struct RequestLog: Sendable {
    let logger: Logger

    func write(
        _ request: Request, _ status: HTTPResponse.Status, _ outcome: Responder.Outcome, took duration: Duration
    ) {
        let level: Logger.Level = status.code >= 500 ? .error : .info
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "request_id": .string(outcome.requestID),
            "method": .string(request.method.rawValue),
            "route": .string(outcome.operation ?? "none"),
            "status": .stringConvertible(status.code),
            "duration_ms": .stringConvertible(
                Double(duration.components.attoseconds / 1_000_000_000_000) / 1000
                    + Double(duration.components.seconds) * 1000),
        ]
        if let tenant = outcome.tenant { metadata["tenant"] = .stringConvertible(tenant) }
        if let cause = outcome.cause { metadata["cause"] = .string("\(cause)") }
        logger.log(level: level, "request", metadata: metadata)
    }
}
