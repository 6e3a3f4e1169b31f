internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// The writing side of a connection or an HTTP/2 stream. Writes a body in pieces, each after the socket accepted the
/// one before, so that a client that does not read holds one piece besides the response itself.
final class ExchangeWriter {
    /// Bytes of one write, and of the kernel's send buffer for a stream's client.
    static let piece = 16 << 10

    private let context: ChannelHandlerContext
    private var body: AnswerBytes?
    /// Bytes of the body.
    private var written = 0
    /// Returns the body's memory when it is written.
    private var lease: MemoryLease?
    private var isWriting = false
    private var then: ((Bool) -> Void)?

    init(_ context: ChannelHandlerContext) {
        self.context = context
    }

    /// Writes a whole response. `then` is told whether the socket has accepted everything.
    func send(_ head: HTTPResponseHead, _ answer: WireAnswer, then: @escaping (Bool) -> Void) {
        write(.head(head))
        (body, written, lease) = (answer.body, 0, answer.lease)
        self.then = then
        goOn()
    }

    func sendContinue(_ version: HTTPVersion) {
        context.writeAndFlush(part(.head(HTTPResponseHead(version: version, status: .continue))), promise: nil)
    }

    /// Begins a response; `write` writes its body and `end` ends it.
    func begin(_ head: HTTPResponseHead) {
        context.writeAndFlush(part(.head(head)), promise: nil)
    }

    /// `isTaken` is called when the socket has accepted everything, or when the connection is closed.
    func write(_ bytes: ByteBuffer, _ isTaken: @escaping (Bool) -> Void) {
        flush(.body(.byteBuffer(bytes)), isTaken)
    }

    func end(then: @escaping (Bool) -> Void) {
        flush(.end(nil), then)
    }

    /// The connection is closed.
    func stop() {
        (body, lease, then) = (nil, nil, nil)
    }

    private func goOn() {
        guard !isWriting else { return }
        isWriting = true
        let isWhole = writePieces()
        isWriting = false
        if isWhole { flush(.end(nil)) { [self] in finish($0) } }
    }

    /// False if the socket must accept a piece first. A loop instead of recursion, because it may accept a piece at
    /// once.
    private func writePieces() -> Bool {
        while let piece = body?.piece(from: written) {
            written += piece.readableBytes
            guard written < body?.count ?? 0 else {
                write(.body(.byteBuffer(piece)))
                return true
            }
            var isTaken = false
            write(piece) { [self] success in
                isTaken = success
                if !success { finish(false) } else if !isWriting { goOn() }
            }
            guard isTaken else { return false }
        }
        return then != nil
    }

    private func finish(_ success: Bool) {
        let then = self.then
        stop()
        then?(success)
    }

    private func write(_ part: HTTPServerResponsePart) {
        context.write(self.part(part), promise: nil)
    }

    private func flush(_ part: HTTPServerResponsePart, _ then: @escaping (Bool) -> Void) {
        let written = context.eventLoop.makePromise(of: Void.self)
        let future = written.futureResult.assumeIsolated()
        future.whenSuccess { then(true) }
        future.whenFailure { _ in then(false) }
        context.writeAndFlush(self.part(part), promise: written)
    }

    private func part(_ part: HTTPServerResponsePart) -> NIOAny { ExchangeHandler.wrapOutboundOut(part) }
}
