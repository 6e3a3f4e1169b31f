internal import TenonDomain

/// One operation at the edge: maps in, calls one use case, maps out.
protocol Endpoint: Sendable {
    /// `NoBody` where the request has none.
    associatedtype Body: RequestBody = NoBody
    associatedtype Reply: ReplyBody

    static var operation: Operation { get }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<Reply>
}

/// A request as an endpoint sees it: parsed, authenticated, and past the access rule.
struct EndpointRequest<Body: RequestBody>: Sendable {
    let body: Body
    let caller: Caller
    let query: QueryReader
    let captures: [String: String]

    /// A captured segment as a value; one that cannot exist is one that was not found.
    func path<Value, E: Error>(
        _ name: String, orFail code: FailureCode, as parse: (String) throws(E) -> Value?
    ) throws(Failure) -> Value {
        if let text = captures[name], let value = try? parse(text) { return value }
        throw Failure(code, "\(code.title).")
    }
}

/// What an endpoint answers on success; the status is its operation's.
struct Answer<Reply: ReplyBody>: Sendable {
    let reply: Reply
    let status: AnswerStatus?
    let entityTag: EntityTag?
    /// Path and query of the created resource.
    let location: String?
    /// Tokens and secrets are not for caches.
    let isPrivate: Bool

    /// A nil `status` is the operation's.
    init(
        _ reply: Reply, status: AnswerStatus? = nil, entityTag: EntityTag? = nil, location: String? = nil,
        isPrivate: Bool = false
    ) {
        self.reply = reply
        self.status = status
        self.entityTag = entityTag
        self.location = location
        self.isPrivate = isPrivate
    }
}

/// A strong entity tag (RFC 9110 §8.8.3): changes whenever a byte of the representation does.
struct EntityTag: Sendable, Equatable {
    /// With its quotes.
    let text: String

    /// `variant` tells representations of one version apart, such as the masked one.
    init(version: Int64, variant: String = "") {
        text = "\"\(version)\(variant)\""
    }

    /// Whether a field of `If-None-Match` names this tag or is `*`. Weak comparison, as it asks for.
    func isListed(in field: String) -> Bool {
        field.split(separator: ",").contains { item in
            let item = item.drop { $0 == " " }
            let tag = item.hasPrefix("W/") ? item.dropFirst(2) : item
            return tag == "*" || tag.prefix(text.count) == text
        }
    }
}
