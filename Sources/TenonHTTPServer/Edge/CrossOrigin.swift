internal import NIOHTTP1
internal import TenonDomain

/// CORS (the Fetch standard): listed origins may call the API from a browser, others may not. Browsers send no
/// credential on their own here; in addition, a request that changes something is refused if the browser reports a
/// foreign page.
struct CrossOrigin: Sendable {
    let origins: AllowedOrigins

    private static let exposed = "ETag, Location, Retry-After, X-Request-ID, RateLimit, RateLimit-Policy"
    private static let requestHeaders =
        "Authorization, X-API-Key, Content-Type, Cache-Control, If-Match, If-None-Match, Idempotency-Key, "
        + "Last-Event-ID, X-Request-ID, traceparent"

    /// Whether the request comes from a browser page that may not do this.
    func isForgery(_ method: HTTPMethod, _ headers: HTTPHeaders, host: HostField?) -> Bool {
        switch method {
        case .GET, .HEAD, .OPTIONS: return false
        default: break
        }
        let origin = headers.first(name: "origin")
        if let origin, origins.allows(origin) { return false }
        switch headers.first(name: "sec-fetch-site") {
        case "same-origin"?, "none"?: return false
        case .some: return true
        case nil: break
        }
        // An old browser, or no browser.
        guard let origin else { return false }
        guard let start = origin.firstRange(of: "://")?.upperBound else { return true }
        return HostField(String(origin[start...]))?.authority != host?.authority
    }

    /// Fields for the response to a request from another origin.
    func add(to answer: inout HTTPHeaders, for request: HTTPHeaders) {
        guard origins != .none else { return }
        if origins != .all { answer.add(name: "Vary", value: "Origin") }
        guard let origin = request.first(name: "origin"), origins.allows(origin) else { return }
        answer.add(name: "Access-Control-Allow-Origin", value: origins == .all ? "*" : origin)
        answer.add(name: "Access-Control-Expose-Headers", value: Self.exposed)
    }

    /// The response to a CORS preflight request; nil for any other request.
    func preflight(_ head: HTTPRequestHead, methods: [String]) -> HTTPHeaders? {
        guard head.method == .OPTIONS, head.headers.contains(name: "access-control-request-method"),
            let origin = head.headers.first(name: "origin")
        else { return nil }
        var headers = HTTPHeaders()
        guard origins.allows(origin) else { return headers }
        add(to: &headers, for: head.headers)
        headers.remove(name: "Access-Control-Expose-Headers")
        headers.add(name: "Access-Control-Allow-Methods", value: methods.joined(separator: ", "))
        headers.add(name: "Access-Control-Allow-Headers", value: Self.requestHeaders)
        headers.add(name: "Access-Control-Max-Age", value: "600")
        return headers
    }
}
