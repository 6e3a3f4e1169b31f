internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// Takes the requests of one connection, or of one HTTP/2 stream, one after another: decides on the head, gathers the
/// body, has the request run and the answer written. While an answer is due one more read is taken from the socket at
/// most, so that a client cannot pile up work, and every phase that waits for the client has a deadline.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    /// What is read of a body that nobody wants, before the connection is rather closed.
    private static let discardLimit = 64 << 10

    private let responder: any ExchangeResponder
    let facts: ConnectionFacts
    let limits: ConnectionLimits
    private let memory: MemoryBudget
    private let executor: EventLoopExecutor?
    let now: @Sendable () -> String

    var phase = ExchangePhase.idle
    var deadline: Deadline?
    var current = CurrentRequest()
    /// Of the request at hand, as far as it has come.
    private var body = ByteBuffer()
    private var lease: MemoryLease?
    private var requests = 0
    var isDraining = false
    var inputIsClosed = false
    private var isReadDue = false
    private var isHeadUnderway = false
    /// What is wrong with the bytes after those that wait.
    private var failure: Problem?
    var waiting = WaitingParts()
    private var isTakingWaiting = false
    var context: ChannelHandlerContext?
    var writer: ExchangeWriter?
    /// Decodes what it left as bytes while `isFull`; false where there was nothing.
    var resumeDecoding: () -> Bool = { false }

    /// `now` is the Date field's text.
    init(
        responder: any ExchangeResponder, facts: ConnectionFacts, limits: ConnectionLimits, memory: MemoryBudget,
        executor: EventLoopExecutor?, now: @escaping @Sendable () -> String
    ) {
        self.responder = responder
        self.facts = facts
        self.limits = limits
        self.memory = memory
        self.executor = executor
        self.now = now
    }

    // MARK: What arrives

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        writer = ExchangeWriter(context)
        deadline = Deadline(on: context.eventLoop) { [weak self] in self?.deadlinePassed() }
        deadline?.set(in: limits.idle)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
        writer = nil
    }

    /// Whether no more can wait for the request at hand.
    var isFull: Bool { phase.isAnswerDue && waiting.isFull }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        guard phase.isAnswerDue else { return take(part) }
        isHeadUnderway = false
        if case .identifying = phase { return waiting.append(part) }
        // On an HTTP/2 stream it is the rest of a body that nobody wants.
        if facts.isHTTP2 { discard(part) } else { waiting.append(part) }
    }

    private func discard(_ part: HTTPServerRequestPart) {
        guard case .body(let bytes) = part else { return }
        current.discarded += bytes.readableBytes
        if current.discarded > Self.discardLimit { close() }
    }

    func read(context: ChannelHandlerContext) {
        // With nothing after the request at hand the socket stays watched, which spares the system two calls a request.
        if phase.isAnswerDue, !waiting.isEmpty { isReadDue = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isDraining = true
            if case .idle = phase { close() } else { endLongLived() }
        case ChannelEvent.inputClosed:
            inputIsClosed = true
            if phase.endsWithInput || (!phase.isAnswerDue && waiting.isEmpty) { close() }
        case is RequestDecoder.HeadIsUnderway:
            isHeadUnderway = true
            if case .idle = phase { awaitHead() }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let problem = error as? Problem else { return close() }
        switch phase {
        case .identifying, .working, .answering, .streaming: failure = problem
        case .lingering, .closed: break
        default: fail(problem)
        }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch (part, phase) {
        case (.head(let head), .idle), (.head(let head), .receivingHead): begin(head)
        case (.body(let bytes), .receivingBody(let request)): gather(bytes, of: request)
        case (.body(let bytes), .discardingBody(let answer, let left)):
            guard bytes.readableBytes <= left else {
                current.isLast = true
                return send(answer)
            }
            phase = .discardingBody(answer, left: left - bytes.readableBytes)
        case (.end, .receivingBody(let request)):
            current.isComplete = true
            start(request)
        case (.end, .discardingBody(let answer, _)):
            current.isComplete = true
            send(answer)
        default: break
        }
    }

    // MARK: A request

    private func awaitHead() {
        phase = .receivingHead
        deadline?.set(in: limits.head)
    }

    private func begin(_ head: HTTPRequestHead) {
        requests += 1
        isHeadUnderway = false
        current = CurrentRequest(head)
        current.isLast =
            !facts.isHTTP2 && (!head.isKeepAlive || requests >= limits.requestsPerConnection) || isDraining
        decided(responder.decide(on: head, over: facts))
    }

    private func decided(_ decision: HeadDecision) {
        switch decision {
        case .identify(let ask):
            guard let context else { return }
            phase = .identifying
            deadline?.set(in: nil)
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            ask(executor) { decision in
                handler.eventLoop.execute { handler.value.identified(decision) }
            }
        case .accept(let request):
            phase = .receivingBody(request)
            lease = MemoryLease(memory, for: request.holder)
            deadline?.set(in: limits.body)
            if current.expectsContinue, !facts.isHTTP2 { writer?.sendContinue(current.version) }
        case .answer(let answer):
            if current.expectsContinue || current.length > Self.discardLimit {
                current.isLast = true
                send(answer)
            } else {
                phase = .discardingBody(answer, left: Self.discardLimit)
                deadline?.set(in: limits.body)
            }
        }
    }

    private func identified(_ decision: HeadDecision) {
        guard case .identifying = phase else { return }
        decided(decision)
        takeWaiting()
    }

    private func gather(_ bytes: ByteBuffer, of request: any ExchangeRequest) {
        guard body.readableBytes + bytes.readableBytes <= request.bodyLimit else {
            return refuse(request, .bodyTooLarge(limit: request.bodyLimit))
        }
        guard lease?.take(bytes.readableBytes) == true else {
            return refuse(request, Problem(.memoryExhausted()))
        }
        if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
    }

    private func refuse(_ request: any ExchangeRequest, _ problem: Problem) {
        current.isLast = true
        send(request.refuse(problem))
    }

    /// Answers bytes that are no request, or none in time.
    private func fail(_ problem: Problem) {
        current.isLast = true
        current.isComplete = false
        send(responder.refusal(problem, over: facts))
    }

    private func start(_ request: any ExchangeRequest) {
        guard let context, let lease else { return }
        deadline?.set(in: nil)
        let body = self.body
        letGoOfBody()
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        request.start(body, on: executor, ExchangeOutlet(handler: handler, lease: lease))
        // Where there was nothing to wait for, the answer is out already.
        if case .receivingBody = phase { phase = .working(request) }
        if isDraining { endLongLived() }
        if inputIsClosed, phase.endsWithInput { close() }
    }

    /// Has a request that would go on end now, with its answer.
    func endLongLived() {
        guard let request = phase.longLived else { return }
        request.cancel()
        if case .streaming = phase { deadline?.set(in: limits.answer) }
    }

    // MARK: After an answer

    /// A loop, not a recursion: an answer can be out before `take` returns.
    func takeWaiting() {
        guard !isTakingWaiting else { return }
        isTakingWaiting = true
        defer { isTakingWaiting = false }
        while phase.isReady {
            if let part = waiting.popFirst() { take(part) } else if !resumeDecoding() { break }
        }
        guard phase.isReady else { return }
        if let problem = failure {
            failure = nil
            return fail(problem)
        }
        if case .idle = phase {
            if inputIsClosed || isDraining { return close() }
            if isHeadUnderway { awaitHead() }
        }
        resumeReading()
    }

    func resumeReading() {
        guard isReadDue else { return }
        isReadDue = false
        context?.read()
    }

    // MARK: The end

    func close() {
        guard let context else { return }
        if case .closed = phase { return }
        end()
        context.close(promise: nil)
    }

    private func end() {
        switch phase {
        case .working(let request), .streaming(let request): request.cancel()
        default: break
        }
        phase = .closed
        deadline?.cancel()
        writer?.stop()
        letGoOfBody()
        waiting.removeAll()
    }

    func letGoOfBody() {
        body = ByteBuffer()
        lease = nil
    }

    private func deadlinePassed() {
        switch phase {
        case .receivingHead, .receivingBody, .discardingBody:
            fail(.requestTimedOut())
        case .idle, .answering, .streaming, .lingering: close()
        case .identifying, .working, .closed: break
        }
    }
}
