internal import TenonDomain

/// The address to listen on, and the limits for clients.
public struct HTTPServerSettings: Sendable {
    public var host: String
    /// 0 chooses a free port.
    public var port: Int
    /// Serves only HTTPS (HTTP/2 and HTTP/1.1); nil serves plain HTTP/1.1.
    public var tls: TLSFiles?
    /// With TLS: a plain port that only redirects to HTTPS; nil for none.
    public var redirectPort: Int?
    public var limits: ConnectionLimits
    public var admission: AdmissionLimits
    public var policies: EdgePolicies

    public init(
        host: String = "127.0.0.1", port: Int = 8000, tls: TLSFiles? = nil,
        limits: ConnectionLimits = ConnectionLimits(), admission: AdmissionLimits = AdmissionLimits(),
        policies: EdgePolicies = EdgePolicies()
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.limits = limits
        self.admission = admission
        self.policies = policies
    }
}

/// A certificate chain and its private key, each a PEM file.
public struct TLSFiles: Sendable, Equatable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// The limits of one connection, of one address and of all together.
public struct ConnectionLimits: Sendable {
    /// Open connections in total; further ones are closed at once.
    public var connections = 20_000
    /// Open connections of one address, or of one IPv6 /64 network; trusted proxies are not counted. HTTP/2 streams
    /// have the same two limits, counted separately.
    public var connectionsPerAddress = 1_000
    /// A connection is closed after this many requests.
    public var requestsPerConnection = 100_000
    /// A connection without requests is closed after this time.
    public var idle: Duration = .seconds(60)
    /// Time to receive a head, and for a TLS handshake.
    public var head: Duration = .seconds(10)
    /// Time to receive a body, from the end of the head.
    public var body: Duration = .seconds(30)
    /// Time for the client to read a response, from its first byte.
    public var answer: Duration = .seconds(30)
    /// Bytes of a request target.
    public var target = 8 << 10
    public var headerFields = 100
    /// Bytes of one field, name and value.
    public var headerField = 16 << 10
    /// Bytes of all fields.
    public var headerList = 32 << 10
    /// Bytes of all request bodies, responses and intermediate results.
    public var memory = 256 << 20

    public init() {}
}
