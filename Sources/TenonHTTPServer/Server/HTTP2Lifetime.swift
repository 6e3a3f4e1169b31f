internal import NIOCore
internal import NIOHTTP2

/// Ends HTTP/2 connections: idle ones, those that reached their number of requests, and all on shutdown. Does not rely
/// on the client: one that does not respond is closed too.
final class HTTP2Lifetime: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// Is notified of streams; the multiplexer calls it on the connection's event loop.
    struct Streams: NIOHTTP2StreamDelegate {
        let lifetime: NIOLoopBound<HTTP2Lifetime>

        func streamCreated(_ id: HTTP2StreamID, channel: any Channel) { lifetime.value.opened(id) }
        func streamClosed(_ id: HTTP2StreamID, channel: any Channel) { lifetime.value.closed() }
    }

    private static let moment = Duration.seconds(1)

    private let limits: ConnectionLimits
    private var deadline: Deadline?
    private var open = 0
    private var requests = 0
    private var last = HTTP2StreamID.rootStream
    private var isEnding = false
    private var isReadDue = false
    private var context: ChannelHandlerContext?

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadline = Deadline(on: context.eventLoop) { [weak self] in self?.deadlinePassed() }
        deadline?.set(in: limits.idle)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed {
            finish(within: limits.answer)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Stops reading from a client that does not read its responses, because every request would add to them.
    func read(context: ChannelHandlerContext) {
        isReadDue = !context.channel.isWritable
        if !isReadDue { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isReadDue, context.channel.isWritable {
            isReadDue = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // NIO sends GOAWAY for an error of the whole connection, but keeps it open, and does not distinguish it from a
        // stream error. Other streams get a moment to finish; a client with such errors must reconnect.
        if isFlood(error) { close() } else { finish(within: Self.moment) }
    }

    private func isFlood(_ error: any Error) -> Bool {
        error is NIOHTTP2Errors.ExcessiveRSTFrames || error is NIOHTTP2Errors.ExcessiveStreamErrors
            || error is NIOHTTP2Errors.ExcessiveControlFrames || error is NIOHTTP2Errors.ExcessiveEmptyDataFrames
            || error is NIOHTTP2Errors.ExcessiveNumberOfGlitches
    }

    private func opened(_ id: HTTP2StreamID) {
        open += 1
        requests += 1
        last = max(last, id)
        if !isEnding { deadline?.set(in: nil) }
        if requests == limits.requestsPerConnection { finish(within: limits.answer) }
    }

    private func closed() {
        open -= 1
        guard open == 0 else { return }
        if isEnding { closeSoon() } else { deadline?.set(in: limits.idle) }
    }

    /// Accepts no new streams, and closes after the last one or at the timeout.
    private func finish(within limit: Duration) {
        guard let context else { return }
        guard !isEnding else { return }
        isEnding = true
        let goodbye = HTTP2Frame(
            streamID: .rootStream, payload: .goAway(lastStreamID: last, errorCode: .noError, opaqueData: nil))
        context.writeAndFlush(Self.wrapOutboundOut(goodbye), promise: nil)
        // Long-lived streams must end too. Deferred by one turn of the event loop, because the last stream may not have
        // received its head yet.
        context.eventLoop.assumeIsolated().execute { [weak self] in
            self?.context?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        if open == 0 { closeSoon() } else { deadline?.set(in: limit) }
    }

    /// After the writes of the stream in this turn of the event loop.
    private func closeSoon() {
        context?.eventLoop.assumeIsolated().execute { [weak self] in self?.close() }
    }

    private func close() {
        deadline?.cancel()
        context?.close(promise: nil)
    }

    private func deadlinePassed() {
        if isEnding { close() } else { finish(within: limits.answer) }
    }
}
