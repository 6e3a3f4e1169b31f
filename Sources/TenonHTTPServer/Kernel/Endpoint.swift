internal import NIOHTTP1
package import TenonDomain

/// One operation at the edge: maps in, calls one use case, maps out.
package protocol Endpoint: Sendable {
    /// `NoBody` where the request has none.
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

/// A request as an endpoint sees it: parsed, authenticated, and past the access rule.
package struct EndpointRequest<Body: RequestPayload>: Sendable {
    package let body: Body
    package let caller: Caller
    package let query: QueryReader
    package let captures: PathCaptures
    /// Who really asks, and under which name of ours.
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

    /// The fields of `If-Match` as they came. For a GET they are decided on after the endpoint.
    package var ifMatch: [String] { headers["if-match"] }
    /// The fields of `If-None-Match` as they came. For a GET they are decided on after the endpoint.
    package var ifNoneMatch: [String] { headers["if-none-match"] }

    /// Whether the client asks for more than what a cache on the way holds (`Cache-Control`, RFC 9111 §5.2.1).
    package var wantsFresh: Bool {
        headers[canonicalForm: "cache-control"].contains { directive in
            directive.lowercased() == "no-cache" || directive.lowercased() == "max-age=0"
        }
    }

    /// The last event that the client has seen (`Last-Event-ID`), as it came; nil where it begins.
    package var lastEventID: String? { headers.first(name: "last-event-id") }

    /// The value of a cookie; nil where the browser sends none of the name, or several (RFC 6265bis §5.4 says nothing of
    /// their order).
    package func cookie(_ name: String) -> String? {
        let pairs = headers["cookie"].flatMap { $0.split(separator: ";") }.map(\.trimmed)
        let values = pairs.filter { $0.utf8.starts(with: "\(name)=".utf8) }
        return values.count == 1 ? String(values[0].dropFirst(name.count + 1)) : nil
    }

    /// Who the credentials that the request came with stand for now; nil where they would not pass any more. Only what is
    /// long-lived has a reason to ask: elsewhere they were checked a moment ago. A database that is away for a while
    /// changes nothing.
    package func currentCaller() async -> Caller? {
        guard let recheck else { return caller }
        do throws(Failure) {
            return try await recheck()
        } catch {
            return error.code.kind == .unavailable ? caller : nil
        }
    }
}

/// What an endpoint answers on success; the status is its operation's.
package struct Answer<Reply: Representation>: Sendable {
    package let reply: Reply
    package let status: AnswerStatus?
    package let entityTag: EntityTag?
    /// Path and query of the created resource, or the whole address of where a browser is to go.
    package let location: String?
    package let caching: Caching
    /// Where a browser needs more than data does.
    package let contentPolicy: String?
    /// A `Set-Cookie` field (RFC 6265).
    package let cookie: String?

    /// A nil `status` is the operation's.
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

/// Writes a body that comes bit by bit, and returns when it is whole. What it throws cuts the body off, so that the client
/// cannot take it for whole; what can fail as a problem fails before, in the endpoint's `handle`. Its task is cancelled
/// when the client is gone, and when the service wants to end.
package typealias StreamedBody = @Sendable (AnswerBody) async throws(Failure) -> Void

/// What caches may do with an answer (RFC 9111).
package enum Caching: Sendable, Equatable {
    /// Nothing: tokens, secrets, states of the moment.
    case none
    /// The client's own cache may store it and must revalidate it each time.
    case validated
    /// Streams: caches pass them through, and store nothing without revalidating.
    case live
    /// Shared caches, for this many seconds.
    case shared(Int)

    /// Whether the answer has an entity tag by itself.
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
