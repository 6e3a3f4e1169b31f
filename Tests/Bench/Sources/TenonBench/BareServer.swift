internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdHTTP2
internal import NIOSSL

/// The limit of the HTTP benches: a bare Hummingbird route that answers bytes of the same size, made once. With a
/// certificate it speaks TLS, HTTP/2 and HTTP/1.1.
enum BareServer {
    static func run(port: Int, size: Int, certificate: String? = nil, key: String? = nil) async throws {
        let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)
        let router = Router()
        router.get("/bare") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
        }
        let application = Application(
            router: router, server: try server(certificate, key),
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil))
        try await application.runService()
    }

    private static func server(_ certificate: String?, _ key: String?) throws -> HTTPServerBuilder {
        guard let certificate, let key else { return .http1() }
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        return try .http2Upgrade(tlsConfiguration: configuration)
    }
}
