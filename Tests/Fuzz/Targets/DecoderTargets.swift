internal import NIOCore
internal import NIOEmbedded
internal import NIOHTTP1
internal import TenonDomain

@testable internal import TenonHTTPServer

/// The strict decoder takes less than NIO's (llhttp), and what it takes it reads in the same way.
enum DecoderTargets {
    static func decoder(_ bytes: UnsafeRawBufferPointer) {
        let ours = read(bytes) { pipeline in
            try pipeline.addHandler(RequestDecoder(limits: ConnectionLimits()))
        }
        let theirs = read(bytes) { pipeline in
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: .init())
        }
        for (index, request) in ours.enumerated() {
            // Theirs knows a list of methods, looks at the target, and stops behind the last request and an offer to
            // speak something else.
            guard !request.isUnknownToNIO, RequestTarget(request.target) != nil else { return }
            precondition(index < theirs.count, "a request is seen that the other does not see: \(request)")
            precondition(theirs[index].isRead(as: request), "\(request) is to the other \(theirs[index])")
            guard !request.endsReading else { return }
        }
    }

    struct Message {
        var head: String
        var method: HTTPMethod
        var target: String
        var endsReading: Bool
        var body = ""
        var isWhole = false

        var isUnknownToNIO: Bool {
            if case .RAW = method { true } else { false }
        }

        /// What is not whole may have more of its body elsewhere.
        func isRead(as other: Message) -> Bool {
            guard isSame(head, other.head) else { return false }
            return other.isWhole ? isWhole && isSame(body, other.body) : body.hasPrefix(other.body)
        }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ configure: (ChannelPipeline.SynchronousOperations) throws -> Void
    ) -> [Message] {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let collector = Collector()
        guard (try? configure(channel.pipeline.syncOperations)) != nil,
            (try? channel.pipeline.syncOperations.addHandler(collector)) != nil,
            (try? channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()) != nil
        else { preconditionFailure("the pipeline is not to be made") }
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        return collector.messages
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private(set) var messages: [DecoderTargets.Message] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            // NIO leaves the blanks behind a value, which are no part of it (RFC 9112 §5).
            let fields = head.headers.map { "\($0.name): \($0.value[...].trimmed)" }.joined(separator: "\n")
            messages.append(
                DecoderTargets.Message(
                    head: "\(head.method.rawValue) \(head.uri) \(head.version)\n\(fields)", method: head.method,
                    target: head.uri,
                    endsReading: !head.isKeepAlive || head.headers.contains(name: "upgrade") || head.method == .CONNECT)
            )
        case .body(let bytes): messages[messages.count - 1].body += String(buffer: bytes)
        case .end: messages[messages.count - 1].isWhole = true
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
