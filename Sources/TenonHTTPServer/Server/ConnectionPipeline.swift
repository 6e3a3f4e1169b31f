internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import NIOSSL
internal import NIOTLS
internal import TenonDomain
internal import TenonKit

/// Configures an accepted socket for HTTP/1.1, or under TLS for the client's preference of HTTP/2 and HTTP/1.1.
struct ConnectionPipeline: Sendable {
    let responder: any ExchangeResponder
    let limits: ConnectionLimits
    let memory: MemoryBudget
    let table: ConnectionTable
    let identity: TLSIdentity?
    let executors: [ObjectIdentifier: EventLoopExecutor]
    let now: @Sendable () -> String

    /// Runs on the connection's event loop.
    func configure(_ channel: any Channel, from peer: IPAddress?) throws {
        guard let identity else {
            return try configureHTTP1(channel, ConnectionFacts(peer: peer, isSecure: false, isHTTP2: false))
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(NIOSSLServerHandler(context: identity.context))
        let handshake = channel.eventLoop.scheduleTask(in: TimeAmount(limits.head)) { channel.close(promise: nil) }
        try pipeline.addHandler(
            ApplicationProtocolNegotiationHandler { result, channel in
                handshake.cancel()
                return channel.eventLoop.makeCompletedFuture {
                    let isHTTP2 = if case .negotiated("h2") = result { true } else { false }
                    let facts = ConnectionFacts(peer: peer, isSecure: true, isHTTP2: isHTTP2)
                    if isHTTP2 { try configureHTTP2(channel, facts) } else { try configureHTTP1(channel, facts) }
                }
            })
        channel.closeFuture.whenComplete { _ in handshake.cancel() }
    }

    private func configureHTTP1(_ channel: any Channel, _ facts: ConnectionFacts) throws {
        let pipeline = channel.pipeline.syncOperations
        // Responses frame their bodies themselves: NIO would add one to HEAD.
        var framing = HTTPResponseEncoder.Configuration()
        framing.automaticallySetFramingHeaders = false
        try pipeline.addHandler(HTTPResponseEncoder(configuration: framing))
        let decoder = RequestDecoder(limits: limits)
        let exchange = exchange(facts, on: channel.eventLoop)
        decoder.isFull = { [unowned exchange] in exchange.isFull }
        exchange.resumeDecoding = { [unowned decoder] in decoder.resume() }
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(exchange)
    }

    private func configureHTTP2(_ channel: any Channel, _ facts: ConnectionFacts) throws {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 100),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headerList),
        ]
        connection.maximumBufferedControlFrames = 1_000
        let pipeline = channel.pipeline.syncOperations
        let lifetime = HTTP2Lifetime(limits: limits)
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection, streamConfiguration: .init(),
            streamDelegate: HTTP2Lifetime.Streams(lifetime: NIOLoopBound(lifetime, eventLoop: channel.eventLoop))
        ) { stream in
            guard table.admitStream(stream, from: facts.peer) else {
                // If it were closed before it is active, it would not be reset.
                stream.eventLoop.execute { stream.close(promise: nil) }
                return stream.eventLoop.makeSucceededVoidFuture()
            }
            return stream.eventLoop.makeCompletedFuture {
                let pipeline = stream.pipeline.syncOperations
                try pipeline.addHandler(HTTP2HeadCheck(limits: limits))
                try pipeline.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                try pipeline.addHandler(exchange(facts, on: stream.eventLoop))
            }
        }
        try pipeline.addHandler(lifetime)
    }

    private func exchange(_ facts: ConnectionFacts, on eventLoop: any EventLoop) -> ExchangeHandler {
        ExchangeHandler(
            responder: responder, facts: facts, limits: limits, memory: memory,
            executor: executors[ObjectIdentifier(eventLoop)], now: now)
    }
}
