internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// What stays known of a request from its head to its answer.
struct RequestContext: Sendable {
    let begun = ContinuousClock.now
    let method: HTTPMethod
    let headers: HTTPHeaders
    /// Without the query; as it came, so a client's own text.
    var path: Substring = ""
    var client: ClientFacts
    let requestID: String
    let trace: TraceContext
    /// Nil where no route matched.
    var entry: EndpointCatalog.Entry?
    /// Where in the path it stands what the operation is about.
    var captures: PathCaptures?
    /// Nil until somebody is let in.
    var caller: Caller?
    /// Of credentials that are known, while it must be read again what is known of their tenant.
    var pendingTenant: TenantID?
    /// Whose turn the request takes.
    var tenant: TenantID? { caller?.tenant ?? pendingTenant }
    /// Whose share of memory it takes.
    var holder: MemoryBudget.Holder { MemoryBudget.Holder(tenant: tenant, at: client.address) }
    /// What the limits that it counts against said; nil where there is nothing to say to the client.
    var rates: RateVerdict?

    /// `id` is fresh; the request is called by it where the client gave none of its own.
    init(_ head: HTTPRequestHead, _ client: ClientFacts, id: Identifier<RequestTrace>) {
        method = head.method
        headers = head.headers
        self.client = client
        requestID = Self.harmless(head.headers.first(name: "x-request-id")) ?? id.description
        trace = TraceContext(continuing: head.headers.first(name: "traceparent"), as: id)
    }

    /// A client's own id where it can stand in a field and a log line as it is.
    private static func harmless(_ given: String?) -> String? {
        guard let given, (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return given
    }

    var origin: Origin {
        Origin(
            address: client.address?.description,
            userAgent: headers.first(name: "user-agent").map { String($0.prefix(512)) }, requestID: requestID,
            traceID: trace.traceID)
    }
}

/// Gives request ids their prefix.
enum RequestTrace: Identified {
    static let idPrefix = "req"
}
