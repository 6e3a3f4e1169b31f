internal import NIOCore
internal import NIOHTTP1

/// Decodes the requests of a connection (RFC 9112), line by line. Accepts only requests that every server parses in the
/// same way: no bare LF, no folded lines, one framing for a body. Everything else becomes a `Problem`, after which the
/// connection is not read further.
final class RequestDecoder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPServerRequestPart

    /// A head has begun to arrive and is incomplete; fired after every read in which that is so.
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

    /// For a chunk's size with its extensions, which are unused.
    private static let chunkLine = 256
    /// For a request line without its target: the longest method and version.
    private static let aroundTarget = 64
    /// Bytes that may wait while `isFull`. Only a client that closes its sending side gets beyond one read.
    private static let mostWaiting = 128 << 10
    private static let lf = UInt8(ascii: "\n")
    private static let cr = UInt8(ascii: "\r")

    private let limits: ConnectionLimits
    private var state = State.requestLine
    private var buffer = ByteBuffer()
    /// Bytes of the buffer without a line end.
    private var scanned = 0
    private var fields: [(String, String)] = []
    private var fieldCount = 0
    private var fieldBytes = 0
    private var framing = BodyFraming()
    private var skippedEmptyLine = false
    private var isDecoding = false
    private var inputIsClosed = false
    private weak var context: ChannelHandlerContext?
    /// Whether no more requests are accepted for now: then bytes are kept undecoded, of which one connection cannot
    /// send many.
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
            return fail(context, .malformedRequest("The client sent too much before the response."))
        }
        decode(context)
    }

    private func decode(_ context: ChannelHandlerContext) {
        guard !isDecoding else { return }
        isDecoding = true
        defer { isDecoding = false }
        do throws(Problem) {
            while !isFull(), try step(context) {}
            // Kept bytes must not retain a whole read.
            if buffer.readableBytes == 0 { buffer = ByteBuffer() } else { buffer.discardReadBytes() }
            if inputIsClosed, !isFull(), isMidMessage {
                throw .malformedRequest("The connection ended before the request was complete.")
            }
        } catch {
            fail(context, error)
        }
    }

    /// Decodes kept bytes. False if there are none.
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

    /// False if more bytes are needed. The state is set before anything is fired, which can call this again.
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
            guard !skippedEmptyLine else { throw .malformedRequest("The request has empty lines before it.") }
            skippedEmptyLine = true
            buffer.moveReaderIndex(forwardBy: 2)
            return true
        }
        guard let line = line(length, RequestLine.init) else {
            throw .malformedRequest(
                "The request line must be method, target and HTTP/1.1 with single spaces between them.")
        }
        state = .fields(line)
        return true
    }

    private func takeField(of line: RequestLine, _ context: ChannelHandlerContext) throws(Problem) -> Bool {
        guard let length = try fieldLength() else { return false }
        guard length == 0 else {
            let field = try takeFieldLine(length)
            guard framing.note(field.name, field.value) else {
                throw .malformedRequest("The fields do not determine where the body ends.")
            }
            fields.append((field.name, field.value))
            return true
        }
        buffer.moveReaderIndex(forwardBy: 2)
        guard !framing.isChunked || line.version == .http1_1 else {
            throw .malformedRequest("HTTP/1.0 does not support Transfer-Encoding.")
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

    /// Fields after a body are parsed and ignored.
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

    /// The length of the next line without its CRLF; nil if it is incomplete.
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
            throw .malformedRequest("A line must end with CR and LF.")
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
            throw .malformedRequest("A header field must be name, colon and value in one line.")
        }
        fieldCount += 1
        fieldBytes += length
        guard fieldCount <= limits.headerFields else { throw .headersTooLarge() }
        return field
    }

    /// Removes the line and its CRLF from the buffer.
    private func line<Value>(_ length: Int, _ parse: (UnsafeRawBufferPointer) -> Value?) -> Value? {
        buffer.readWithUnsafeReadableBytes { bytes in
            (length + 2, parse(UnsafeRawBufferPointer(rebasing: bytes[..<length])))
        }
    }
}

extension Problem {
    fileprivate static func unreadableChunkSize() -> Problem {
        malformedRequest("A chunk's size is invalid.")
    }

    fileprivate static func overlongChunk() -> Problem {
        malformedRequest("A chunk is longer than its size.")
    }
}
