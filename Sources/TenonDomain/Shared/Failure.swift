public import TenonKit

/// The kind of a failure. Every inbound adapter maps the kinds in one exhaustive switch; the HTTP status is beside
/// each.
public enum FailureKind: String, Sendable, Hashable, CaseIterable {
    /// The input is well formed and breaks a rule (422).
    case invalid
    /// The caller is not authenticated (401).
    case unauthenticated
    /// The caller may not do this within its own tenant (403).
    case denied
    /// The object does not exist, or belongs to another tenant (404).
    case notFound
    /// The current state does not allow it (409).
    case conflict
    /// A precondition on the version failed (412).
    case stale
    /// A precondition on the version is missing (428).
    case unconditional
    /// A quota or rate limit is exhausted (429).
    case exhausted
    /// A backing service is unavailable; the caller should retry (503).
    case unavailable
    /// A defect of the service (500).
    case bug
}

/// A stable name of one kind of failure. Declared once, beside its context, in a file `<Context>Failures.swift`.
public struct FailureCode: Sendable, Hashable {
    /// Stable, `snake_case`, part of the API.
    public let slug: String
    public let kind: FailureKind
    /// One short sentence without a full stop; the same for every occurrence.
    public let title: String
    /// The meaning and the fix, in a sentence or two of Markdown, for the code's page.
    public let explanation: String

    public init(_ slug: String, _ kind: FailureKind, _ title: String, _ explanation: String) {
        self.slug = slug
        self.kind = kind
        self.title = title
        self.explanation = explanation
    }
}

/// The only error that crosses module boundaries.
public struct Failure: Error, Sendable {
    public let code: FailureCode
    /// Safe to show to the caller: names the rule and the fix, and reveals nothing to an attacker.
    public let detail: String
    public let violations: [Violation]
    /// Further members of the response, documented with the code, such as the slugs to choose from.
    public let members: [String: JSONValue]
    /// When to retry; only for `exhausted` and `unavailable`.
    public let retryAfter: Duration?
    /// For logs only. Never part of a response.
    public let cause: (any Error)?

    public init(
        _ code: FailureCode,
        _ detail: String,
        violations: [Violation] = [],
        members: [String: JSONValue] = [:],
        retryAfter: Duration? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.detail = detail
        self.violations = violations
        self.members = members
        self.retryAfter = retryAfter
        self.cause = cause
    }
}

extension Failure: CustomStringConvertible {
    /// The code, and the detail or all violations with their pointers. Safe to show: the cause is left out.
    public var description: String {
        let rules = violations.map { $0.pointer.isEmpty ? $0.detail : "\($0.pointer): \($0.detail)" }
        return "\(code.slug): \(rules.isEmpty ? detail : rules.joined(separator: "; "))"
    }
}

extension FailureCode {
    public static let validationFailed = FailureCode(
        "validation_failed", .invalid, "The input is invalid",
        "One or more members of the input are invalid; `errors` lists each with its location and the violated rule.")
    public static let notAuthenticated = FailureCode(
        "not_authenticated", .unauthenticated, "Not authenticated",
        "The request has no credentials, or they are no longer valid. Sign in, or refresh the token.")
    public static let permissionDenied = FailureCode(
        "permission_denied", .denied, "Permission denied",
        "The caller's roles do not grant the required permission.")
    public static let serviceUnavailable = FailureCode(
        "service_unavailable", .unavailable, "A backing service is unavailable",
        "A backing service is unreachable. Nothing was changed. Try again after `Retry-After`.")
    public static let tooMuchContention = FailureCode(
        "too_much_contention", .unavailable, "Too many concurrent changes",
        "The change conflicted with other changes repeatedly. Nothing was changed. Try again.")
    public static let outcomeUnknown = FailureCode(
        "outcome_unknown", .unavailable, "The outcome of the change is unknown",
        "The database's response was lost: the change may have been made. With `Retry-After` the request had an `Idempotency-Key`, and retrying is safe; without it, read before you retry."
    )
    public static let cancelled = FailureCode(
        "cancelled", .unavailable, "The request was cancelled",
        "The client disconnected before the response.")
    public static let internalError = FailureCode(
        "internal_error", .bug, "Internal error",
        "A defect of the service. Report the request id to its operators, who can find the cause with it.")
}

extension Failure {
    /// An invalid input.
    public static func invalid(_ violations: [Violation]) -> Failure {
        Failure(
            .validationFailed,
            violations.count == 1 ? violations[0].detail : "\(violations.count) members are invalid.",
            violations: violations)
    }

    public static func invalid(_ code: String, _ detail: String, at pointer: String = "") -> Failure {
        .invalid([Violation(pointer: pointer, code: code, detail: detail)])
    }

    /// A backing service did not answer; `cause` goes to the log.
    public static func unavailable(_ detail: String, cause: (any Error)? = nil) -> Failure {
        Failure(.serviceUnavailable, detail, retryAfter: .seconds(1), cause: cause)
    }

    /// A defect: `what` goes to the log as the cause; the caller does not see it.
    public static func bug(_ what: String) -> Failure {
        Failure(
            .internalError, "An internal error occurred. Report the request id to the operators.",
            cause: Defect(description: what))
    }
}

extension Failure {
    /// An error of the general-purpose code.
    public init(_ error: KitError) {
        switch error {
        case .invalid(let violations): self = .invalid(violations)
        case .tooMuchWork(let detail): self = Failure(.tooMuchWork, detail)
        case .memoryExhausted: self = .memoryExhausted()
        case .cancelled: self = Failure(.cancelled, "The client disconnected.")
        }
    }
}

/// The private cause of an internal error.
public struct Defect: Error, CustomStringConvertible {
    public let description: String
}

extension Failure {
    /// The approximate bytes in memory.
    package var footprint: Int {
        violations.reduce(256 + detail.utf8.count) { $0 + 128 + $1.pointer.utf8.count + $1.detail.utf8.count }
    }
}
