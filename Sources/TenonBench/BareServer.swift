internal import Hummingbird

/// The limit of the HTTP benches: a bare Hummingbird route that answers bytes of the same size, made once.
enum BareServer {
    static func run(port: Int, size: Int) async throws {
        let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)
        let router = Router()
        router.get("/bare") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil))
        try await application.runService()
    }
}
