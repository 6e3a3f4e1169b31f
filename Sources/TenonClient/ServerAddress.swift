internal import FoundationEssentials
public import TenonDomain

/// The address of a server: scheme, host and port, without a path.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    public let isPlain: Bool
    /// A name in lower case, or an address; an IPv6 address is in brackets.
    public let host: String
    public let port: Int

    /// Parses `http://host:port` or `https://host:port`; the ports 80 and 443 are optional. Fails with
    /// `validationFailed` for anything else, including user information, paths and queries.
    public init(_ text: String) throws(Failure) {
        guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = url.percentEncodedHost, !host.isEmpty, url.user == nil,
            url.password == nil, url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil,
            (1...65_535).contains(url.port ?? 1)
        else {
            throw .invalid("invalid_server", "must be http://HOST:PORT or https://HOST:PORT, without a path")
        }
        isPlain = scheme == "http"
        self.host = host.lowercased()
        port = url.port ?? (scheme == "http" ? 80 : 443)
    }

    /// Without the scheme's default port, so that one server has one text.
    public var description: String {
        let implied = isPlain ? 80 : 443
        return "\(isPlain ? "http" : "https")://\(host)\(port == implied ? "" : ":\(port)")"
    }

    /// Whether connections stay on this machine (RFC 6761 §6.3 for the name).
    public var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || (host.hasPrefix("127.") && host.split(separator: ".").count == 4
                && host.allSatisfy { $0.isNumber || $0 == "." })
    }
}
