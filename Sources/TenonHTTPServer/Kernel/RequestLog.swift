internal import Logging
internal import NIOHTTP1
internal import TenonDomain

/// One line per request: id, trace, tenant, route, status, duration. The route is logged instead of the path, which can
/// contain any text.
struct RequestLog: Sendable {
    let logger: Logger

    func write(
        _ context: RequestContext, _ status: HTTPResponseStatus, took duration: Duration, cause: (any Error)?
    ) {
        // Refusals under load are not logged: a line for each would add to the load.
        let level: Logger.Level = status.code < 500 ? .info : status.code == 503 && cause == nil ? .debug : .error
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "request_id": .string(context.requestID),
            "trace_id": .string(context.trace.traceID),
            "method": .string(context.method.rawValue),
            "route": .string(context.entry?.operation.id ?? "none"),
            "status": .stringConvertible(Int(status.code)),
            "duration_ms": .stringConvertible(
                Double(duration.components.attoseconds / 1_000_000_000_000) / 1000
                    + Double(duration.components.seconds) * 1000),
        ]
        if let address = context.client.address { metadata["client"] = .stringConvertible(address) }
        if let tenant = context.tenant { metadata["tenant"] = .stringConvertible(tenant) }
        if let cause { metadata["cause"] = .string("\(cause)") }
        logger.log(level: level, "request", metadata: metadata)
    }

    /// A refusal could not be written to the audit log.
    func unrecorded(_ failure: Failure, _ context: RequestContext) {
        logger.error(
            "a refusal was not recorded",
            metadata: [
                "request_id": .string(context.requestID), "code": .string(failure.code.slug),
                "cause": .string(failure.cause.map { "\($0)" } ?? failure.detail),
            ])
    }
}
