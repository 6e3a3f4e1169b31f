internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Applies the limits of HTTP/1.1 heads to the head of an HTTP/2 stream. Passes a refusal on as a `Problem`, and
/// nothing of the stream after it.
final class HTTP2HeadCheck: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload

    private let limits: ConnectionLimits
    private var isRefused = false

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        if case .headers(let block) = Self.unwrapInboundIn(data), let problem = problem(with: block.headers) {
            isRefused = true
            return context.fireErrorCaught(problem)
        }
        context.fireChannelRead(data)
    }

    private func problem(with headers: HPACKHeaders) -> Problem? {
        guard headers.count <= limits.headerFields,
            headers.allSatisfy({ $0.name.utf8.count + $0.value.utf8.count <= limits.headerField })
        else { return .headersTooLarge() }
        // RFC 9113 §8.3.1: the two must name the same host.
        guard let host = headers.first(name: "host"), let authority = headers.first(name: ":authority"),
            host.lowercased() != authority.lowercased()
        else { return nil }
        return .malformedRequest("The Host field must name the same host as :authority.")
    }
}
