internal import NIOHTTP1
package import TenonDomain

/// One operation of the API: decodes the request, calls one use case, encodes the response.
package protocol Endpoint: Sendable {
    /// `NoBody` if the request has none.
    associatedtype Body: RequestPayload = NoBody
    associatedtype Reply: Representation

    static var operation: Operation { get }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<Reply>
}

/// An operation whose repeats `Idempotency-Key` finds: the claim on the key, the work and the kept answer are one
/// transaction.
package protocol IdempotentEndpoint: Endpoint {
    /// The same endpoint, whose use case joins the transaction.
    func joining(_ transaction: OpenTransaction) -> Self
}

/// A request for an endpoint: parsed, authenticated, and authorized by the access rule.
package struct EndpointRequest<Body: RequestPayload>: Sendable {
    package let body: Body
    package let caller: Caller
    package let query: QueryReader
    package let captures: PathCaptures
    /// The client behind trusted proxies, and the service's host name.
    package let client: ClientFacts
    private let headers: HTTPHeaders
    private let recheck: OperationCall.Recheck?

    init(_ call: OperationCall, as caller: Caller, body: Body) {
        self.body = body
        self.caller = caller
        query = call.query
        captures = call.captures
        client = call.client
        headers = call.headers
        recheck = call.recheck
    }

    /// The fields of `If-Match` as received. For a GET they are evaluated after the endpoint.
    package var ifMatch: [String] { headers["if-match"] }
    /// The fields of `If-None-Match` as received. For a GET they are evaluated after the endpoint.
    package var ifNoneMatch: [String] { headers["if-none-match"] }

    /// Whether the client bypasses caches (`Cache-Control`, RFC 9111 §5.2.1).
    package var wantsFresh: Bool {
        headers[canonicalForm: "cache-control"].contains { directive in
            directive.lowercased() == "no-cache" || directive.lowercased() == "max-age=0"
        }
    }

    /// The last event that the client has received (`Last-Event-ID`), as sent; nil at the beginning.
    package var lastEventID: String? { headers.first(name: "last-event-id") }

    /// The value of a cookie; nil if the browser sends none with the name, or several (RFC 6265bis §5.4 defines no
    /// order).
    package func cookie(_ name: String) -> String? {
        let pairs = headers["cookie"].flatMap { $0.split(separator: ";") }.map(\.trimmed)
        let values = pairs.filter { $0.utf8.starts(with: "\(name)=".utf8) }
        return values.count == 1 ? String(values[0].dropFirst(name.count + 1)) : nil
    }

    /// The current caller of the request's credentials; nil if they are no longer valid. Only long-lived operations
    /// need this: elsewhere they were checked a moment ago. A temporarily unreachable database changes nothing.
    package func currentCaller() async -> Caller? {
        guard let recheck else { return caller }
        do throws(Failure) {
            return try await recheck()
        } catch {
            return error.code.kind == .unavailable ? caller : nil
        }
    }
}

/// An endpoint's response on success; the status is its operation's.
package struct Answer<Reply: Representation>: Sendable {
    package let reply: Reply
    package let status: AnswerStatus?
    package let entityTag: EntityTag?
    /// Path and query of the created resource, or the complete address for a browser redirect.
    package let location: String?
    package let caching: Caching
    /// Set if a browser needs more than data does.
    package let contentPolicy: String?
    /// A `Set-Cookie` field (RFC 6265).
    package let cookie: String?

    /// A nil `status` means the operation's.
    package init(
        _ reply: Reply, status: AnswerStatus? = nil, entityTag: EntityTag? = nil, location: String? = nil,
        caching: Caching = .validated, contentPolicy: String? = nil, cookie: String? = nil
    ) {
        self.reply = reply
        self.status = status
        self.entityTag = entityTag
        self.location = location
        self.caching = caching
        self.contentPolicy = contentPolicy
        self.cookie = cookie
    }
}

/// Writes a streaming body, and returns when it is complete. An error cuts the body off, so that the client cannot
/// mistake it for complete; everything that can fail as a problem must fail earlier, in the endpoint's `handle`. The
/// task is cancelled when the client disconnects, and when the service stops.
package typealias StreamedBody = @Sendable (AnswerBody) async throws(Failure) -> Void

/// The caching of a response (RFC 9111).
package enum Caching: Sendable, Equatable {
    /// None: tokens, secrets, current states.
    case none
    /// The client's own cache may store it and must revalidate it each time.
    case validated
    /// Streams: caches pass them through, and store nothing without revalidating.
    case live
    /// Shared caches, for this many seconds.
    case shared(Int)

    /// Whether the response gets an entity tag automatically.
    package var isTagged: Bool {
        switch self {
        case .none, .live: false
        case .validated, .shared: true
        }
    }

    package var field: String {
        switch self {
        case .none: "no-store"
        case .validated: "private, no-cache"
        case .live: "no-cache"
        case .shared(let seconds): "public, max-age=\(seconds)"
        }
    }
}
