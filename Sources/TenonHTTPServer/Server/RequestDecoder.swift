internal import NIOCore
internal import NIOHTTP1

/// Reads the requests off the bytes of a connection (RFC 9112), line by line. It takes only what every server on the
/// way reads in the same way: no bare LF, no folded lines, one framing for a body. Everything else is a `Problem`, after
/// which nothing more of the connection is read.
final class RequestDecoder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPServerRequestPart

    /// A head began to arrive and has not ended; fired after every read where that is so.
    struct HeadIsUnderway {}

    private enum State {
        case requestLine
        case fields(RequestLine)
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case failed
    }

    /// Of a chunk's size with its extensions, which nobody uses.
    private static let chunkLine = 256
    /// Of a request line, without its target: the longest method and version.
    private static let aroundTarget = 64
    /// Bytes that may wait while `isFull`. Only a client that ends its side gets further than one read.
    private static let mostWaiting = 128 << 10
    private static let lf = UInt8(ascii: "\n")
    private static let cr = UInt8(ascii: "\r")

    private let limits: ConnectionLimits
    private var state = State.requestLine
    private var buffer = ByteBuffer()
    /// Bytes of the buffer in which there is no end of line.
    private var scanned = 0
    private var fields: [(String, String)] = []
    private var fieldCount = 0
    private var fieldBytes = 0
    private var framing = BodyFraming()
    private var skippedEmptyLine = false
    private var isDecoding = false
    private var inputIsClosed = false
    private weak var context: ChannelHandlerContext?
    /// Whether no more requests are taken for now: then bytes stay bytes, of which one connection cannot send many.
    var isFull: () -> Bool = { false }

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .failed = state { return }
        var bytes = Self.unwrapInboundIn(data)
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
        if isFull(), buffer.readableBytes > Self.mostWaiting {
            return fail(context, .malformedRequest("Too much is sent before it is asked for."))
        }
        decode(context)
    }

    private func decode(_ context: ChannelHandlerContext) {
        guard !isDecoding else { return }
        isDecoding = true
        defer { isDecoding = false }
        do throws(Problem) {
            while !isFull(), try step(context) {}
            // What is kept must not hold on to a whole read.
            if buffer.readableBytes == 0 { buffer = ByteBuffer() } else { buffer.discardReadBytes() }
            if inputIsClosed, !isFull(), isMidMessage {
                throw .malformedRequest("The connection ends before the request does.")
            }
        } catch {
            fail(context, error)
        }
    }

    /// Decodes what was left as bytes. False where there was nothing to do.
    func resume() -> Bool {
        let left = buffer.readableBytes
        guard left > 0, !isDecoding, let context else { return false }
        if case .failed = state { return false }
        decode(context)
        tellOfHead(context)
        return buffer.readableBytes < left
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        tellOfHead(context)
        context.fireChannelReadComplete()
    }

    private func tellOfHead(_ context: ChannelHandlerContext) {
        if isHeadUnderway, !isFull() { context.fireUserInboundEventTriggered(HeadIsUnderway()) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            inputIsClosed = true
            decode(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private var isHeadUnderway: Bool {
        switch state {
        case .requestLine: buffer.readableBytes > 0
        case .fields: true
        default: false
        }
    }

    private var isMidMessage: Bool {
        switch state {
        case .requestLine: buffer.readableBytes > 0
        case .failed: false
        default: true
        }
    }

    private func fail(_ context: ChannelHandlerContext, _ problem: Problem) {
        state = .failed
        buffer = ByteBuffer()
        fields = []
        context.fireErrorCaught(problem)
    }

    private func fire(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        context.fireChannelRead(Self.wrapInboundOut(part))
    }

    // MARK: Steps

    /// False where more bytes are needed. The state is set before anything is fired, which may lead back here.
    private func step(_ context: ChannelHandlerContext) throws(Problem) -> Bool {
        switch state {
        case .requestLine: return try takeRequestLine()
        case .fields(let line): return try takeField(of: line, context)
        case .body(let left): return takeBody(left, context)
        case .chunkSize: return try takeChunkSize()
        case .chunk(let left): return takeChunk(left, context)
        case .chunkEnd: return try takeChunkEnd()
        case .trailers: return try takeTrailer(context)
        case .failed: return false
        }
    }

    private func takeRequestLine() throws(Problem) -> Bool {
        guard
            let length = try lineLength(
                atMost: limits.target + Self.aroundTarget, orElse: .targetTooLong(limit: limits.target))
        else { return false }
        if length == 0 {
            guard !skippedEmptyLine else { throw .malformedRequest("Empty lines stand before the request.") }
            skippedEmptyLine = true
            buffer.moveReaderIndex(forwardBy: 2)
            return true
        }
        guard let line = line(length, RequestLine.init) else {
            throw .malformedRequest("The request line is not method, target and HTTP/1.1 with one space between.")
        }
        state = .fields(line)
        return true
    }

    private func takeField(of line: RequestLine, _ context: ChannelHandlerContext) throws(Problem) -> Bool {
        guard let length = try fieldLength() else { return false }
        guard length == 0 else {
            let field = try takeFieldLine(length)
            guard framing.note(field.name, field.value) else {
                throw .malformedRequest("The fields leave it open where the body ends.")
            }
            fields.append((field.name, field.value))
            return true
        }
        buffer.moveReaderIndex(forwardBy: 2)
        guard !framing.isChunked || line.version == .http1_1 else {
            throw .malformedRequest("HTTP/1.0 knows no Transfer-Encoding.")
        }
        let head = HTTPRequestHead(
            version: line.version, method: line.method, uri: line.target, headers: HTTPHeaders(fields))
        let hasBody = framing.isChunked || framing.length ?? 0 > 0
        state = framing.isChunked ? .chunkSize : hasBody ? .body(left: framing.length ?? 0) : .requestLine
        fields.removeAll(keepingCapacity: true)
        // Trailers count with the head's fields.
        if !framing.isChunked { (fieldCount, fieldBytes) = (0, 0) }
        framing = BodyFraming()
        skippedEmptyLine = false
        fire(.head(head), context)
        if !hasBody { fire(.end(nil), context) }
        return true
    }

    private func takeBody(_ left: Int, _ context: ChannelHandlerContext) -> Bool {
        guard let bytes = nextBytes(left) else { return false }
        let isWhole = bytes.readableBytes == left
        state = isWhole ? .requestLine : .body(left: left - bytes.readableBytes)
        fire(.body(bytes), context)
        if isWhole { fire(.end(nil), context) }
        return true
    }

    private func takeChunkSize() throws(Problem) -> Bool {
        guard let length = try lineLength(atMost: Self.chunkLine, orElse: .unreadableChunkSize()) else { return false }
        guard let size = line(length, RequestLine.chunkSize) else { throw .unreadableChunkSize() }
        state = size == 0 ? .trailers : .chunk(left: size)
        return true
    }

    private func takeChunk(_ left: Int, _ context: ChannelHandlerContext) -> Bool {
        guard let bytes = nextBytes(left) else { return false }
        state = bytes.readableBytes == left ? .chunkEnd : .chunk(left: left - bytes.readableBytes)
        fire(.body(bytes), context)
        return true
    }

    private func takeChunkEnd() throws(Problem) -> Bool {
        guard let length = try lineLength(atMost: 2, orElse: .overlongChunk()) else { return false }
        guard length == 0 else { throw .overlongChunk() }
        buffer.moveReaderIndex(forwardBy: 2)
        state = .chunkSize
        return true
    }

    /// Fields after a body are read and mean nothing here.
    private func takeTrailer(_ context: ChannelHandlerContext) throws(Problem) -> Bool {
        guard let length = try fieldLength() else { return false }
        guard length == 0 else {
            _ = try takeFieldLine(length)
            return true
        }
        buffer.moveReaderIndex(forwardBy: 2)
        state = .requestLine
        (fieldCount, fieldBytes) = (0, 0)
        fire(.end(nil), context)
        return true
    }

    // MARK: Bytes

    private func nextBytes(_ most: Int) -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        return buffer.readSlice(length: min(most, buffer.readableBytes))
    }

    /// Of the next line, without its CRLF; nil where that has not come yet.
    private func lineLength(atMost most: Int, orElse tooLong: @autoclosure () -> Problem) throws(Problem) -> Int? {
        let bytes = buffer.readableBytesView
        guard let end = bytes[(bytes.startIndex + scanned)...].firstIndex(of: Self.lf) else {
            scanned = bytes.count
            guard bytes.count < most + 2 else { throw tooLong() }
            return nil
        }
        scanned = 0
        let length = end - bytes.startIndex - 1
        guard length >= 0, bytes[end - 1] == Self.cr else {
            throw .malformedRequest("A line ends in LF without CR.")
        }
        guard length <= most else { throw tooLong() }
        return length
    }

    private func fieldLength() throws(Problem) -> Int? {
        let most = min(limits.headerField, limits.headerList - fieldBytes)
        return try lineLength(atMost: most, orElse: .headersTooLarge())
    }

    private func takeFieldLine(_ length: Int) throws(Problem) -> RequestField {
        guard let field = line(length, RequestField.init) else {
            throw .malformedRequest("A header field is not name, colon and value in one line.")
        }
        fieldCount += 1
        fieldBytes += length
        guard fieldCount <= limits.headerFields else { throw .headersTooLarge() }
        return field
    }

    /// Reads the line and its CRLF off the buffer.
    private func line<Value>(_ length: Int, _ parse: (UnsafeRawBufferPointer) -> Value?) -> Value? {
        buffer.readWithUnsafeReadableBytes { bytes in
            (length + 2, parse(UnsafeRawBufferPointer(rebasing: bytes[..<length])))
        }
    }
}

extension Problem {
    fileprivate static func unreadableChunkSize() -> Problem {
        malformedRequest("A chunk's size is not readable.")
    }

    fileprivate static func overlongChunk() -> Problem {
        malformedRequest("A chunk is longer than its size.")
    }
}
