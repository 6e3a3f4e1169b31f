internal import NIOHTTP1
package import TenonDomain
package import TenonKit

/// Who may call an operation at all; the edge answers 401 and 403 by it before anything else runs.
package enum AccessRule: Sendable, Equatable {
    /// Anybody. Credentials are not looked at.
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

/// What an endpoint is, declared once: routes, 405 answers, access checks and OpenAPI all come from it.
package struct Operation: Sendable {
    /// Where the paths of an operation begin.
    package enum Mount: Sendable {
        /// `/api/v1` and, for the same routes, `/v1`.
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
    /// What a reader needs beyond the summary, in Markdown.
    package let description: String
    package let access: AccessRule
    /// The parameters of the query that are understood; any other is refused.
    package let query: [QueryParameter]
    package let success: AnswerStatus
    /// Statuses that carry the same representation, such as that of an unhealthy service.
    package let otherAnswers: [AnswerStatus]
    /// What it can fail with on top of what every operation can.
    package let failures: [FailureCode]
    /// Whether repeats of a request are recognised by `Idempotency-Key`.
    package let takesIdempotencyKey: Bool
    /// Health and metrics: answered however much there is to do, to whichever host, in plain as well.
    package let isEssential: Bool
    /// Whether it may wait for something to happen, or answers a stream: it takes a watcher's place and none of the
    /// requests' own, and is cancelled when the client ends its side or the service wants to end.
    package let isLongLived: Bool
    /// Whether it may compute for long, such as by reading many entries: then it runs on the heavy threads.
    package let isHeavy: Bool
    /// Ignore undeclared query parameters instead of refusing them. The SSO callback needs this: the provider builds
    /// that URL (RFC 6749 §4.1.2).
    package let ignoresOtherParameters: Bool
    /// Bytes of body that are taken.
    package let bodyLimit: Int
    /// What a JSON body may hold.
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

    /// What repeats of a request can fail with on top.
    package var idempotencyFailures: [FailureCode] {
        takesIdempotencyKey ? [.idempotencyKeyInUse, .idempotencyKeyReused] : []
    }

    /// The path under which the API is documented.
    package var canonicalPath: String { mount.prefixes[0] + path.text }
}

/// What an operation answers when it did its work; everything else is a problem.
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
