public import HTTPTypes
public import TenonDomain

/// Who may call an operation at all; the edge answers 401 and 403 by it before anything else runs.
public enum AccessRule: Sendable, Equatable {
    /// Anybody. Credentials are not looked at.
    case open
    /// Whoever is signed in.
    case signedIn
    /// Whoever holds the permission, which is the use case's own.
    case permission(Permission)
}

/// What an endpoint is, declared once: routes, 405 answers, access checks and OpenAPI all come from it.
public struct Operation: Sendable {
    /// Where the paths of an operation begin.
    public enum Mount: Sendable {
        /// `/api/v1` and, for the same routes, `/v1`.
        case api
        /// The root.
        case root

        var prefixes: [String] {
            switch self {
            case .api: ["/api/v1", "/v1"]
            case .root: [""]
            }
        }
    }

    /// `camelCase`, unique: OpenAPI's `operationId`.
    public let id: String
    public let method: HTTPRequest.Method
    public let mount: Mount
    /// Begins with `/`; `{name}` captures one segment.
    public let path: String
    public let tag: String
    public let summary: String
    public let access: AccessRule
    /// The parameters of the query that are understood; any other is refused.
    public let query: [QueryParameter]
    public let success: HTTPResponse.Status
    /// What it can fail with on top of what every operation can.
    public let failures: [FailureCode]

    public init(
        _ id: String, _ method: HTTPRequest.Method, _ path: String, mount: Mount = .api, tag: String,
        summary: String, access: AccessRule, query: [QueryParameter] = [], success: HTTPResponse.Status = .ok,
        failures: [FailureCode] = []
    ) {
        self.id = id
        self.method = method
        self.mount = mount
        self.path = path
        self.tag = tag
        self.summary = summary
        self.access = access
        self.query = query
        self.success = success
        self.failures = failures
    }

    /// The path under which the API is documented.
    var canonicalPath: String { mount.prefixes[0] + path }
}

/// One parameter of a query.
public struct QueryParameter: Sendable, Equatable {
    public let name: String
    public let description: String
    /// A JSON Schema.
    public let schema: JSONValue

    public init(_ name: String, _ description: String, schema: JSONValue) {
        self.name = name
        self.description = description
        self.schema = schema
    }
}
