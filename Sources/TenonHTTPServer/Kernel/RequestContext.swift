internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// The state of a request from its head to its response.
struct RequestContext: Sendable {
    let begun = ContinuousClock.now
    let method: HTTPMethod
    let headers: HTTPHeaders
    /// Without the query; as received, so untrusted text.
    var path: Substring = ""
    var client: ClientFacts
    let requestID: String
    let trace: TraceContext
    /// Nil if no route matched.
    var entry: EndpointCatalog.Entry?
    /// The position of the resource in the path.
    var captures: PathCaptures?
    /// Nil until a caller is admitted.
    var caller: Caller?
    /// The tenant of known credentials whose tenant data must be read again.
    var pendingTenant: TenantID?
    /// The tenant that the request counts for.
    var tenant: TenantID? { caller?.tenant ?? pendingTenant }
    /// The holder of its memory.
    var holder: MemoryBudget.Holder { MemoryBudget.Holder(tenant: tenant, at: client.address) }
    /// The state of its rate limits; nil if there is nothing to report to the client.
    var rates: RateVerdict?

    /// `id` is new; it becomes the request id if the client sent none.
    init(_ head: HTTPRequestHead, _ client: ClientFacts, id: Identifier<RequestTrace>) {
        method = head.method
        headers = head.headers
        self.client = client
        requestID = Self.harmless(head.headers.first(name: "x-request-id")) ?? id.description
        trace = TraceContext(continuing: head.headers.first(name: "traceparent"), as: id)
    }

    /// The client's own id if it can be used in a field and a log line unchanged.
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
