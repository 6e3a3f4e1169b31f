internal import TenonDomain

/// Where and how to listen, and what a client may cost.
public struct HTTPServerSettings: Sendable {
    public var host: String
    /// 0 takes a free port.
    public var port: Int
    /// Serves HTTPS alone, HTTP/2 and HTTP/1.1; nil serves plain HTTP/1.1.
    public var tls: TLSFiles?
    /// With TLS: a plain port that only leads to https; nil has none.
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

/// What one connection, one address and all of them together may take.
public struct ConnectionLimits: Sendable {
    /// Open connections in all; one more is closed at once.
    public var connections = 20_000
    /// Open connections of one address, or of one IPv6 /64 network; trusted proxies are not counted. HTTP/2 streams have
    /// the same two limits of their own.
    public var connectionsPerAddress = 1_000
    /// A connection ends after this many requests.
    public var requestsPerConnection = 100_000
    /// A connection on which nothing is asked for this long is closed.
    public var idle: Duration = .seconds(60)
    /// From a head's first byte to its last, and for a TLS handshake.
    public var head: Duration = .seconds(10)
    /// From a head's end to its body's end.
    public var body: Duration = .seconds(30)
    /// From an answer's first byte until the client has taken it.
    public var answer: Duration = .seconds(30)
    /// Bytes of a request target.
    public var target = 8 << 10
    public var headerFields = 100
    /// Bytes of one field, name and value.
    public var headerField = 16 << 10
    /// Bytes of all fields.
    public var headerList = 32 << 10
    /// Bytes of request bodies, answers and intermediate results that are held at one time.
    public var memory = 256 << 20

    public init() {}
}
