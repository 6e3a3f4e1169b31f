internal import NIOHTTP1

/// The fields of every response.
enum SecurityHeaders {
    /// For data: a browser must not render it as anything else, load other resources for it, or frame it.
    static let dataPolicy = "default-src 'none'; frame-ancestors 'none'"
    private static let transport = "max-age=63072000; includeSubDomains"

    static func add(to headers: inout HTTPHeaders, isSecure: Bool, contentPolicy: String? = nil) {
        headers.add(name: "X-Content-Type-Options", value: "nosniff")
        headers.add(name: "Content-Security-Policy", value: contentPolicy ?? dataPolicy)
        headers.add(name: "X-Frame-Options", value: "DENY")
        headers.add(name: "Referrer-Policy", value: "no-referrer")
        headers.add(name: "Cross-Origin-Resource-Policy", value: "same-origin")
        if isSecure { headers.add(name: "Strict-Transport-Security", value: transport) }
    }
}
