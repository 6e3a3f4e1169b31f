internal import HTTPTypes
internal import TenonDomain

/// An error answer (RFC 9457).
struct Problem: Error, Sendable {
    let status: HTTPResponse.Status
    /// Stable, `snake_case`.
    let code: String
    let title: String
    let detail: String
    let violations: [Violation]
    /// Extension members, such as the slugs to choose from.
    let members: [String: JSONValue]
    var headers: HTTPFields
    /// For the log only.
    let cause: (any Error)?

    init(
        _ status: HTTPResponse.Status, _ code: String, _ title: String, _ detail: String,
        violations: [Violation] = [], members: [String: JSONValue] = [:], headers: HTTPFields = [:],
        cause: (any Error)? = nil
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.violations = violations
        self.members = members
        self.headers = headers
        self.cause = cause
    }

    init(_ failure: Failure) {
        var headers: HTTPFields = [:]
        if failure.code.kind == .unauthenticated {
            headers[.wwwAuthenticate] = "Bearer realm=\"tenon\""
        }
        if let delay = failure.retryAfter {
            headers[.retryAfter] = String(max(1, (delay.milliseconds + 999) / 1000))
        }
        self.init(
            failure.code.kind.status, failure.code.slug, failure.code.title, failure.detail,
            violations: failure.violations, members: failure.members, headers: headers, cause: failure.cause)
    }

    /// The media type `application/problem+json`, `type` an address that leads to the code's page.
    func body(instance: String, requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.key("type")
        writer.string("/problems/\(code)")
        writer.key("title")
        writer.string(title)
        writer.key("status")
        writer.integer(Int64(status.code))
        writer.key("detail")
        writer.string(detail)
        writer.key("instance")
        writer.string(instance)
        writer.key("code")
        writer.string(code)
        writer.key("request_id")
        writer.string(requestID)
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            writer.value(value)
        }
        if !violations.isEmpty {
            writer.key("errors")
            writer.beginArray()
            for violation in violations { Self.write(violation, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    /// A pointer that begins with `?` names a parameter of the query.
    private static func write(_ violation: Violation, to writer: inout JSONWriter) {
        writer.beginObject()
        if violation.pointer.hasPrefix("?") {
            writer.key("parameter")
            writer.string(String(violation.pointer.dropFirst()))
        } else {
            writer.key("pointer")
            writer.string("#" + violation.pointer)
        }
        writer.key("code")
        writer.string(violation.code)
        writer.key("detail")
        writer.string(violation.detail)
        writer.endObject()
    }
}

extension FailureKind {
    var status: HTTPResponse.Status {
        switch self {
        case .invalid: .unprocessableContent
        case .unauthenticated: .unauthorized
        case .denied: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .stale: .preconditionFailed
        case .exhausted: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .bug: .internalServerError
        }
    }
}

/// What only the edge can find wrong.
extension Problem {
    static func routeNotFound() -> Problem {
        Problem(.notFound, "route_not_found", "No such address", "There is no resource at this address.")
    }

    static func methodNotAllowed(allowed: [String]) -> Problem {
        let list = allowed.joined(separator: ", ")
        return Problem(
            .methodNotAllowed, "method_not_allowed", "Method not allowed", "This resource understands \(list).",
            headers: [.allow: list])
    }

    static func malformedRequest() -> Problem {
        Problem(
            .badRequest, "malformed_request", "Malformed request", "The request is not valid HTTP.",
            headers: [.connection: "close"])
    }

    static func unreadableBody(_ error: JSONError) -> Problem {
        Problem(
            .badRequest, error.code.rawValue, "The body is not readable", error.detail,
            violations: [error.violation])
    }

    static func bodyTooLarge(limit: Int) -> Problem {
        Problem(
            .contentTooLarge, "body_too_large", "The body is too large", "A body has at most \(limit) bytes.",
            headers: [.connection: "close"])
    }

    static func unsupportedMediaType() -> Problem {
        Problem(
            .unsupportedMediaType, "unsupported_media_type", "Unsupported media type",
            "Send the body as application/json.", headers: [.accept: "application/json"])
    }

    static func bodyNotReceived(_ cause: any Error) -> Problem {
        Problem(
            .badRequest, "body_not_received", "The body did not arrive", "The body ended before it was whole.",
            headers: [.connection: "close"], cause: cause)
    }
}
