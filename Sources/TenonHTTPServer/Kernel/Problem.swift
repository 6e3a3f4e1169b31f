internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// A kind of error response, described at its `type` address.
struct ProblemKind: Sendable {
    let status: HTTPResponseStatus
    /// Stable, `snake_case`.
    let code: String
    let title: String
    /// Markdown.
    let explanation: String

    init(_ status: HTTPResponseStatus, _ code: String, _ title: String, _ explanation: String) {
        self.status = status
        self.code = code
        self.title = title
        self.explanation = explanation
    }

    init(_ code: FailureCode) {
        self.init(code.kind.status, code.slug, code.title, code.explanation)
    }

    /// The address of the kind's page.
    var path: String { "/problems/\(code)" }

    /// The `type` of a problem: the kind's page, or its registered name.
    var type: String { Self.registered[code] ?? path }

    /// IANA's "HTTP Problem Types" (RFC 9457 §4.2).
    private static let registered = [
        FailureCode.rateLimited.slug: "https://iana.org/assignments/http-problem-types#quota-exceeded"
    ]
}

/// An error response (RFC 9457).
struct Problem: Error, Sendable {
    let kind: ProblemKind
    let detail: String
    let violations: [Violation]
    /// Extension members, such as the slugs to choose from.
    let members: [String: JSONValue]
    var headers: HTTPHeaders
    /// For the log only.
    let cause: (any Error)?

    init(
        _ kind: ProblemKind, _ detail: String, violations: [Violation] = [], members: [String: JSONValue] = [:],
        headers: HTTPHeaders = [:], cause: (any Error)? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.violations = violations
        self.members = members
        self.headers = headers
        self.cause = cause
    }

    init(_ failure: Failure) {
        var headers: HTTPHeaders = [:]
        if failure.code.kind == .unauthenticated {
            headers.add(name: "WWW-Authenticate", value: "Bearer realm=\"tenon\"")
        }
        // A change of unknown outcome is only safe to repeat if the failure says so.
        let isRepeatable = failure.code.kind == .unavailable && failure.code != .outcomeUnknown
        let delay = failure.retryAfter ?? (isRepeatable ? .seconds(1) : nil)
        if let delay { headers.add(name: "Retry-After", value: String(max(1, (delay.milliseconds + 999) / 1000))) }
        self.init(
            ProblemKind(failure.code), failure.detail, violations: failure.violations, members: failure.members,
            headers: headers, cause: failure.cause)
    }

    /// Runs code that fails with a failure.
    static func wrapping<Value>(_ body: () throws(Failure) -> Value) throws(Problem) -> Value {
        do { return try body() } catch { throw Problem(error) }
    }

    static func awaiting<Value>(_ body: () async throws(Failure) -> Value) async throws(Problem) -> Value {
        do { return try await body() } catch { throw Problem(error) }
    }

    /// The media type `application/problem+json`; `type` links to the kind's page.
    func body(instance: String, requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.key("type")
        writer.string(kind.type)
        writer.key("title")
        writer.string(kind.title)
        writer.key("status")
        writer.integer(Int64(kind.status.code))
        writer.key("detail")
        writer.string(detail)
        writer.key("instance")
        writer.string(instance)
        writer.key("code")
        writer.string(kind.code)
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

    /// A pointer that begins with `?` names a query parameter.
    private static func write(_ violation: Violation, to writer: inout JSONWriter) {
        writer.beginObject()
        // By its bytes, because a combining mark at the beginning of a name may combine with the preceding character.
        if violation.pointer.utf8.first == UInt8(ascii: "?") {
            writer.key("parameter")
            writer.string(String(violation.pointer.unicodeScalars.dropFirst()))
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
    var status: HTTPResponseStatus {
        switch self {
        case .invalid: .unprocessableEntity
        case .unauthenticated: .unauthorized
        case .denied: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .stale: .preconditionFailed
        case .unconditional: .preconditionRequired
        case .exhausted: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .bug: .internalServerError
        }
    }
}
