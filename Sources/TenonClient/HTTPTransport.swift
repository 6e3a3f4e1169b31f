internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
public import TenonDomain

/// The connections to one server, over TLS with HTTP/2 if the server supports it.
///
/// Redirects are not followed, so that no field of a request reaches another host. Connecting can take 10 seconds; a
/// response must begin within 60 seconds and not pause for longer.
public final class HTTPTransport: Sendable {
    public let server: ServerAddress
    private let client: HTTPClient
    private let product: String
    private static let maxBytes = 256 << 20
    private static let patience = TimeAmount.seconds(60)

    /// With the system's trust store, or the certificates of a PEM file instead. Fails with `validationFailed` if that
    /// file has none. `product` identifies the client to the server (RFC 9110 §10.1.5).
    public init(to server: ServerAddress, trusting authorities: String? = nil, as product: String) throws(Failure) {
        self.server = server
        self.product = product
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities {
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(authorities), !certificates.isEmpty else {
                throw .invalid("invalid_ca_file", "\(authorities) must be a PEM file of certificates.")
            }
            tls.trustRoots = .certificates(certificates)
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .seconds(10), read: Self.patience, write: Self.patience))
        // A command reports at once that the connection was refused.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Closes all connections; the transport cannot be used after it.
    public func close() async {
        try? await client.shutdown()
    }

    /// Sends the request and waits for the whole response. Fails with `serverUnreachable`, `unexpectedAnswer`,
    /// `cancelled`, and with the server's problem.
    func send(_ request: APIRequest, token: Secret?) async throws(Failure) -> APIAnswer {
        do {
            let response = try await client.execute(
                prepared(request, token, accept: "*/*"), deadline: .now() + Self.patience)
            let body = try await response.body.collect(upTo: Self.maxBytes)
            return try answer(response, Array(body.readableBytesView))
        } catch {
            throw failure(error)
        }
    }

    /// Opens a stream of events and passes its bytes as they arrive, until it ends; the body can end it by failing.
    func stream(
        _ request: APIRequest, token: Secret?, _ body: (ArraySlice<UInt8>) async throws(Failure) -> Void
    ) async throws(Failure) {
        do {
            let response = try await client.execute(
                prepared(request, token, accept: "text/event-stream"), deadline: .now() + Self.patience)
            let type = response.headers.first(name: "Content-Type") ?? ""
            guard response.status == .ok, type.lowercased().hasPrefix("text/event-stream") else {
                let bytes = try await response.body.collect(upTo: Self.maxBytes)
                _ = try answer(response, Array(bytes.readableBytesView))
                throw Failure(.unexpectedAnswer, "The server's response is not a stream of events.")
            }
            for try await piece in response.body { try await body(Array(piece.readableBytesView)[...]) }
        } catch {
            throw failure(error)
        }
    }

    private func prepared(_ request: APIRequest, _ token: Secret?, accept: String) -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: "\(server)\(request.target)")
        prepared.method = HTTPMethod(rawValue: request.method.rawValue)
        prepared.headers.add(name: "Accept", value: accept)
        prepared.headers.add(name: "User-Agent", value: product)
        if let token { prepared.headers.add(name: "Authorization", value: "Bearer \(token.revealedText())") }
        for field in request.fields { prepared.headers.add(name: field.name, value: field.value) }
        if let body = request.body { prepared.body = .bytes(ByteBuffer(bytes: body)) }
        return prepared
    }

    private func answer(_ response: HTTPClientResponse, _ body: [UInt8]) throws(Failure) -> APIAnswer {
        let status = Int(response.status.code)
        guard (200..<300).contains(status) else {
            throw ProblemAnswer.failure(
                status: status, body: body, location: response.headers.first(name: "Location"))
        }
        return APIAnswer(status: status, body: body)
    }

    private func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case is CancellationError: Failure(.cancelled, "The command was interrupted.")
        case let error as HTTPClientError where error == .cancelled: Failure(.cancelled, "The command was interrupted.")
        case is NIOTooManyBytesError: Failure(.unexpectedAnswer, "The server's response is too long.")
        default: Failure(.serverUnreachable, "\(server) cannot be reached: \(reason(error)).", cause: error)
        }
    }

    /// In a few words.
    private func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription.lowercased()
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "the host does not exist"
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case NIOSSLError.handshakeFailed(let cause) where "\(cause)".contains("CERTIFICATE_VERIFY_FAILED"):
            "its certificate is not trusted"
        case is NIOSSLExtraError: "its certificate is for another name"
        default: "\(error)"
        }
    }
}
