internal import TenonDomain
public import TenonKit

/// The operator's settings for hosts, proxies, origins and plain HTTP.
public struct EdgePolicies: Sendable {
    /// Allowed hosts; empty allows all.
    public var hosts: [AllowedHost]
    /// Proxies whose forwarding fields are trusted.
    public var trustedProxies: [IPNetwork]
    /// Origins whose pages may call the API from a browser.
    public var origins: AllowedOrigins
    /// Refuses plain HTTP requests, and redirects browsers to HTTPS.
    public var requiresHTTPS: Bool
    /// The port for redirects to HTTPS.
    public var httpsPort = 443

    public init(
        hosts: [AllowedHost] = [], trustedProxies: [IPNetwork] = [], origins: AllowedOrigins = .none,
        requiresHTTPS: Bool = false
    ) {
        self.hosts = hosts
        self.trustedProxies = trustedProxies
        self.origins = origins
        self.requiresHTTPS = requiresHTTPS
    }

    func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    func allows(host: String) -> Bool {
        hosts.isEmpty || hosts.contains { $0.matches(host) }
    }
}

/// A host name, or with a leading dot a domain and its subdomains: `api.example.com`, `.example.com`.
public struct AllowedHost: Sendable, Equatable {
    private let name: String
    private let isDomain: Bool

    /// `*.example.com` means `.example.com`; an IPv6 address can be in brackets. Nil for an invalid host name or
    /// address.
    public init?(_ text: String) {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        if bare.contains(":") {
            guard let address = IPAddress(bare) else { return nil }
            (name, isDomain) = (address.description, false)
            return
        }
        var name = text.lowercased()[...]
        if name.hasPrefix("*.") { name = name.dropFirst() }
        isDomain = name.hasPrefix(".")
        if isDomain { name = name.dropFirst() }
        guard HostField(String(name))?.name == String(name) else { return nil }
        self.name = String(name)
    }

    func matches(_ host: String) -> Bool {
        host == name || (isDomain && host.hasSuffix("." + name))
    }
}

/// The origins that may read responses in a browser.
public enum AllowedOrigins: Sendable, Equatable {
    case none
    case all
    case listed(Set<String>)

    /// Each `scheme://host[:port]` as a browser sends it, lower case, without a path; `*` means all. Nil if one is
    /// invalid.
    public init?(_ texts: [String]) {
        guard texts.allSatisfy({ $0 == "*" || Self.isOrigin($0) }) else { return nil }
        self = texts.isEmpty ? .none : texts.contains("*") ? .all : .listed(Set(texts))
    }

    func allows(_ origin: String) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .listed(let origins): origins.contains(origin)
        }
    }

    private static func isOrigin(_ text: String) -> Bool {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            return text == text.lowercased() && HostField(String(text.dropFirst(scheme.count))) != nil
        }
        return false
    }
}
