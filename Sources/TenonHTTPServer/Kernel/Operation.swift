internal import NIOHTTP1
package import TenonDomain
package import TenonKit

/// The callers of an operation; the edge returns 401 and 403 from it before anything else runs.
package enum AccessRule: Sendable, Equatable {
    /// Public. Credentials are ignored.
    case open
    /// Any signed-in user.
    case signedIn
    /// Any authenticated caller, including API keys.
    case authenticated
    /// Callers with the permission, which is the use case's own.
    case permission(Permission)
    /// Platform administrators with the permission.
    case platform(Permission)
}

/// The declaration of an endpoint, from which routes, 405 responses, access checks and OpenAPI are derived.
package struct Operation: Sendable {
    /// The prefix of an operation's paths.
    package enum Mount: Sendable {
        /// `/api/v1` and its alias `/v1`.
        case api
        /// Only `/api`, where seed 002's clients request tokens.
        case unversioned
        /// The root.
        case root

        package var prefixes: [String] {
            switch self {
            case .api: ["/api/v1", "/v1"]
            case .unversioned: ["/api"]
            case .root: [""]
            }
        }
    }

    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    private static let bodyLimit = 1 << 20
    /// For unauthenticated callers.
    private static let openBodyLimit = 64 << 10

    /// `camelCase`, unique: OpenAPI's `operationId`.
    package let id: String
    package let method: Method
    package let mount: Mount
    package let path: Path
    package let tag: String
    package let summary: String
    /// Further explanation after the summary, in Markdown.
    package let description: String
    package let access: AccessRule
    /// The supported query parameters; any other is refused.
    package let query: [QueryParameter]
    package let success: AnswerStatus
    /// Statuses with the same representation, such as that of an unhealthy service.
    package let otherAnswers: [AnswerStatus]
    /// Its failures in addition to those of every operation.
    package let failures: [FailureCode]
    /// Whether `Idempotency-Key` identifies repeated requests.
    package let takesIdempotencyKey: Bool
    /// Health and metrics: always served, under any load, for any host, and over plain HTTP.
    package let isEssential: Bool
    /// Whether it may wait for an event, or returns a stream: it counts as a watcher and uses no request slot, and is
    /// cancelled when the client closes its sending side or the service stops.
    package let isLongLived: Bool
    /// Whether it may compute for long, for example by reading many entries: then it runs on the heavy threads.
    package let isHeavy: Bool
    /// Ignore undeclared query parameters instead of refusing them. The SSO callback needs this: the provider builds
    /// that URL (RFC 6749 §4.1.2).
    package let ignoresOtherParameters: Bool
    /// The maximum bytes of the body.
    package let bodyLimit: Int
    /// The limits of a JSON body.
    package var bodyContents: JSONLimits { bodyLimit > Self.bodyLimit ? JSONLimits(values: 400_000) : JSONLimits() }

    package init(
        _ id: String, _ method: Method, _ path: Path, mount: Mount = .api, tag: String,
        summary: String, description: String, access: AccessRule, query: [QueryParameter] = [],
        success: AnswerStatus = .ok, failures: [FailureCode] = [], takesIdempotencyKey: Bool = false,
        isEssential: Bool = false, otherAnswers: [AnswerStatus] = [], isLongLived: Bool = false,
        isHeavy: Bool = false, ignoresOtherParameters: Bool = false, bodyLimit: Int? = nil
    ) {
        self.id = id
        self.method = method
        self.mount = mount
        self.path = path
        self.tag = tag
        self.summary = summary
        self.description = description
        self.access = access
        self.query = query
        self.success = success
        self.failures = failures
        self.takesIdempotencyKey = takesIdempotencyKey
        self.isEssential = isEssential
        self.otherAnswers = otherAnswers
        self.isLongLived = isLongLived
        self.isHeavy = isHeavy
        self.ignoresOtherParameters = ignoresOtherParameters
        self.bodyLimit = bodyLimit ?? (access == .open ? Self.openBodyLimit : Self.bodyLimit)
    }

    /// The additional failures of repeated requests.
    package var idempotencyFailures: [FailureCode] {
        takesIdempotencyKey ? [.idempotencyKeyInUse, .idempotencyKeyReused] : []
    }

    /// The documented path.
    package var canonicalPath: String { mount.prefixes[0] + path.text }
}

/// The success status of an operation; everything else is a problem.
package enum AnswerStatus: Int, Sendable {
    case ok = 200
    case created = 201
    /// The work will be done, is in progress, or was done, which is not revealed.
    case accepted = 202
    /// Without a body (RFC 9110 §15.3.5).
    case noContent = 204
    /// Without a body, with an address for the browser (RFC 9110 §15.4.3).
    case found = 302
    /// Only health returns this without a problem.
    case unavailable = 503

    var http: HTTPResponseStatus { HTTPResponseStatus(statusCode: rawValue) }
}
