internal import HTTPTypes
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
public import TenonDomain

/// Where and how to listen.
public struct HTTPServerSettings: Sendable {
    public var host: String
    /// 0 takes a free port.
    public var port: Int
    /// A connection that neither sends nor receives for this long is closed.
    public var idleTimeout: Duration

    public init(host: String = "127.0.0.1", port: Int = 8000, idleTimeout: Duration = .seconds(60)) {
        self.host = host
        self.port = port
        self.idleTimeout = idleTimeout
    }
}

/// Serves the endpoints of a catalog over HTTP/1.1. On graceful shutdown it stops accepting, lets the requests
/// in flight finish and ends.
public struct HTTPServer: Service {
    private let responder: Responder
    private let settings: HTTPServerSettings
    private let logger: Logger
    private let clock: any WallClock
    private let onServing: @Sendable (_ port: Int) async -> Void

    /// `onServing` is called once, when connections are accepted.
    public init(
        catalog: EndpointCatalog, signer: any TokenSigner, authorizer: any Authorizer, clock: any WallClock,
        identifiers: Identifiers, settings: HTTPServerSettings, logger: Logger,
        onServing: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        responder = Responder(
            catalog: catalog, signer: signer, authorizer: authorizer, clock: clock, identifiers: identifiers)
        self.settings = settings
        self.logger = logger
        self.clock = clock
        self.onServing = onServing
    }

    public func run() async throws {
        let requestLog = RequestLog(logger: logger)
        let date = HTTPDate()
        let builder = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [MalformedRequestHandler(), LastAnswerHandler()],
                idleTimeout: .nanoseconds(settings.idleTimeout.milliseconds * 1_000_000),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
        let onServing = onServing
        let server = try builder.buildServer(
            configuration: ServerConfiguration(address: .hostname(settings.host, port: settings.port), backlog: 1024),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            responder: { [responder, clock] request, writer, channel in
                let begun = ContinuousClock.now
                var (response, outcome) = await responder.respond(
                    to: request, from: channel.remoteAddress?.ipAddress)
                response.headers[.date] = date.text(at: clock.now())
                requestLog.write(request, response.status, outcome, took: ContinuousClock.now - begun)
                try await writer.write(response: response.head, body: response.body)
            },
            onServerRunning: { channel in await onServing(channel.localAddress?.port ?? 0) })
        try await server.run()
    }
}
