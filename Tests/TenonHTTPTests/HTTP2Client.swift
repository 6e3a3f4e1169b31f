import Glibc
import NIOCore
import NIOHPACK
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport

/// An HTTP/2 connection on which any frames can be sent (RFC 9113 §4, §6).
final class HTTP2Client: Sendable {
    struct Frame: Sendable {
        let type: UInt8
        let flags: UInt8
        let stream: UInt32
        let payload: [UInt8]
    }

    private struct Inbox {
        var bytes: [UInt8] = []
        var frames: [Frame] = []
        var isClosed = false
    }

    private let channel: any Channel
    private let inbox: Receiver

    private init(channel: any Channel, inbox: Receiver) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Says hello unless told otherwise.
    static func connect(_ port: Int, sayingHello: Bool = true) async throws -> HTTP2Client {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = ["h2"]
        let tls = try NIOSSLContext(configuration: configuration)
        let inbox = Receiver()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLClientHandler(context: tls, serverHostname: nil), Collector(receiver: inbox),
                    ])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        let client = HTTP2Client(channel: channel, inbox: inbox)
        if sayingHello { await client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + HTTP2Bytes.frame(4)) }
        return client
    }

    /// Resets the connection, as the end of a client's process does. An orderly end would let the server go on with its
    /// answers until their deadline.
    func close() {
        channel.pipeline.context(handlerType: NIOSSLClientHandler.self).whenSuccess { $0.close(promise: nil) }
    }

    /// False where the connection is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) async -> Bool {
        (try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()) != nil
    }

    func get(_ path: String, stream: UInt32) async throws {
        await send(HTTP2Bytes.headers(HTTP2Bytes.request("GET", path), stream: stream))
    }

    var isClosed: Bool { inbox.state.withLock { $0.isClosed } }
    var frames: [Frame] { inbox.state.withLock { $0.frames } }

    /// Comes back when the connection is closed.
    func untilClosed() async throws {
        try await until("the end of the connection") { isClosed }
    }

    /// Comes back when the stream is reset, or the connection with it.
    func untilReset(_ stream: UInt32) async throws {
        try await until("the reset") { isClosed || frames.contains { $0.type == 3 && $0.stream == stream } }
    }

    /// Of the answer on the stream; nil where it is reset, or the connection closed.
    func status(of stream: UInt32) async throws -> Int? {
        try await until("an answer") {
            isClosed || frames.contains { $0.stream == stream && ($0.type == 1 || $0.type == 3) }
        }
        // The decoder's table grows with every head, so all are read in order.
        var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
        for frame in frames where frame.type == 1 {
            var block = ByteBuffer(bytes: frame.payload)
            let headers = try decoder.decodeHeaders(from: &block)
            if frame.stream == stream { return headers.first(name: ":status").flatMap { Int($0) } }
        }
        return nil
    }

    private final class Receiver: Sendable {
        let state = Mutex(Inbox())

        func take(_ bytes: [UInt8]) {
            state.withLock { state in
                state.bytes += bytes
                while state.bytes.count >= 9 {
                    let head = state.bytes.prefix(9).map { Int($0) }
                    let length = head[0] << 16 | head[1] << 8 | head[2]
                    guard state.bytes.count >= 9 + length else { return }
                    let stream = head[5...].reduce(0) { $0 << 8 | UInt32($1) }
                    state.frames.append(
                        Frame(
                            type: UInt8(head[3]), flags: UInt8(head[4]), stream: stream,
                            payload: Array(state.bytes[9..<(9 + length)])))
                    state.bytes.removeFirst(9 + length)
                }
            }
        }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let receiver: Receiver

        init(receiver: Receiver) { self.receiver = receiver }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            receiver.take(Array(Self.unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) { receiver.state.withLock { $0.isClosed = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// Frames byte by byte.
enum HTTP2Bytes {
    static let endStream: UInt8 = 1
    static let endHeaders: UInt8 = 4

    static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        [16, 8, 0].map { UInt8(truncatingIfNeeded: payload.count >> $0) } + [type, flags]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) } + payload
    }

    static func request(_ method: String, _ path: String, _ more: [(String, String)] = []) -> [(String, String)] {
        [(":method", method), (":scheme", "https"), (":authority", "x"), (":path", path)] + more
    }

    /// HPACK (RFC 7541 §6.2.2): literals that are not indexed and not Huffman-coded.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0] + string($0.0) + string($0.1) }
    }

    private static func string(_ text: String) -> [UInt8] {
        var length = text.utf8.count
        guard length >= 127 else { return [UInt8(length)] + text.utf8 }
        var bytes: [UInt8] = [127]
        length -= 127
        while length >= 128 {
            bytes.append(UInt8(length & 127 | 128))
            length >>= 7
        }
        return bytes + [UInt8(length)] + text.utf8
    }

    static func headers(_ fields: [(String, String)], stream: UInt32, flags: UInt8 = endStream | endHeaders) -> [UInt8]
    {
        frame(1, flags: flags, stream: stream, block(fields))
    }

    static func data(_ bytes: [UInt8], stream: UInt32, flags: UInt8 = 0) -> [UInt8] {
        frame(0, flags: flags, stream: stream, bytes)
    }

    static func reset(_ stream: UInt32) -> [UInt8] { frame(3, stream: stream, [0, 0, 0, 8]) }
}
