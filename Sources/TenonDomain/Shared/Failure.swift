public import TenonKit
internal import TenonPolicy

/// What kind of thing went wrong. Every inbound adapter maps the kinds in one exhaustive switch;
/// HTTP's is given beside each.
public enum FailureKind: String, Sendable, Hashable, CaseIterable {
    /// The input is well formed and breaks a rule (422).
    case invalid
    /// The caller did not prove who it is (401).
    case unauthenticated
    /// The caller may not do this within its own tenant (403).
    case denied
    /// There is no such object, or it is another tenant's (404).
    case notFound
    /// The state of things does not allow it (409).
    case conflict
    /// A precondition on the version failed (412).
    case stale
    /// A precondition on the version is missing (428).
    case unconditional
    /// A quota or a rate is used up (429).
    case exhausted
    /// A backing service cannot answer now; trying again is right (503).
    case unavailable
    /// A defect of ours (500).
    case bug
}

/// A stable name of one way to fail. Declared once, beside the context it belongs to, in a file
/// `<Context>Failures.swift`.
public struct FailureCode: Sendable, Hashable {
    /// Stable, `snake_case`, part of the API.
    public let slug: String
    public let kind: FailureKind
    /// One short sentence without a full stop; the same for every occurrence.
    public let title: String
    /// What it means and what to do, in a sentence or two of Markdown: stands on the code's page.
    public let explanation: String

    public init(_ slug: String, _ kind: FailureKind, _ title: String, _ explanation: String) {
        self.slug = slug
        self.kind = kind
        self.title = title
        self.explanation = explanation
    }
}

/// The only error that crosses a module line.
public struct Failure: Error, Sendable {
    public let code: FailureCode
    /// Safe to show to whoever called: says what to do, tells an attacker nothing.
    public let detail: String
    public let violations: [Violation]
    /// Further members of the answer that the code's documentation names, such as the slugs to choose from.
    public let members: [String: JSONValue]
    /// When trying again makes sense; only for `exhausted` and `unavailable`.
    public let retryAfter: Duration?
    /// For logs only. Never rendered into an answer.
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
        "validation_failed", .invalid, "The input breaks a rule",
        "One or more members of the input break a rule; `errors` says which, where and why.")
    public static let notAuthenticated = FailureCode(
        "not_authenticated", .unauthenticated, "Not authenticated",
        "No credentials were sent, or ones that are not valid any longer. Sign in, or refresh the token.")
    public static let permissionDenied = FailureCode(
        "permission_denied", .denied, "Permission denied",
        "The caller's roles do not grant the permission that the operation names.")
    public static let serviceUnavailable = FailureCode(
        "service_unavailable", .unavailable, "A backing service is unavailable",
        "A backing service does not answer. Nothing was changed. Try again after `Retry-After`.")
    public static let tooMuchContention = FailureCode(
        "too_much_contention", .unavailable, "Too many concurrent changes",
        "The change kept colliding with others. Nothing was changed. Try again.")
    public static let outcomeUnknown = FailureCode(
        "outcome_unknown", .unavailable, "It is not known whether the change was made",
        "The answer of the database was lost: the change may have been made. With `Retry-After` the request had an `Idempotency-Key`, and repeating it is safe; without, read before you repeat it."
    )
    public static let cancelled = FailureCode(
        "cancelled", .unavailable, "The request was cancelled",
        "The work was given up because whoever asked for it went away.")
    public static let internalError = FailureCode(
        "internal_error", .bug, "Internal error",
        "A defect of the service. The request id leads its operators to the cause.")
}

extension Failure {
    /// An input that breaks rules.
    public static func invalid(_ violations: [Violation]) -> Failure {
        Failure(
            .validationFailed,
            violations.count == 1 ? violations[0].detail : "\(violations.count) members break a rule.",
            violations: violations)
    }

    public static func invalid(_ code: String, _ detail: String, at pointer: String = "") -> Failure {
        .invalid([Violation(pointer: pointer, code: code, detail: detail)])
    }

    /// A backing service did not answer; `cause` goes to the log.
    public static func unavailable(_ detail: String, cause: (any Error)? = nil) -> Failure {
        Failure(.serviceUnavailable, detail, retryAfter: .seconds(1), cause: cause)
    }

    /// A defect: `what` goes to the log as the cause, the caller learns nothing.
    public static func bug(_ what: String) -> Failure {
        Failure(
            .internalError, "Something went wrong here. The request id leads to its cause.",
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
        case .cancelled: self = Failure(.cancelled, "The client is gone.")
        }
    }
}

/// The private cause of an internal error.
public struct Defect: Error, CustomStringConvertible {
    public let description: String
}

extension Failure {
    /// How many bytes it takes in memory, roughly: for whoever gathers many.
    package var footprint: Int {
        violations.reduce(256 + detail.utf8.count) { $0 + 128 + $1.pointer.utf8.count + $1.detail.utf8.count }
    }
}
