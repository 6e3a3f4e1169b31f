internal import NIOCore
internal import NIOHTTP1

/// Takes the requests of one connection, or of one HTTP/2 stream, one after another: decides on the head, gathers the
/// body, has the request run and writes the answer. While an answer is due one more read is taken from the socket at
/// most, so that a client cannot pile up work, and every phase that waits for the client has a deadline.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    /// What is read of a body that nobody wants, before the connection is rather closed.
    private static let discardLimit = 64 << 10
    private static let linger = Duration.seconds(1)
    /// Parts that may wait: more than one read gives, unless the client sends it with the end of its side.
    private static let waitingLimit = 16_384

    private let responder: any ExchangeResponder
    private let facts: ConnectionFacts
    private let limits: ConnectionLimits
    private let budget: BodyBudget
    private let executor: EventLoopExecutor?
    private let now: @Sendable () -> String

    private var phase = ExchangePhase.idle
    private var deadline: Deadline?
    private var version = HTTPVersion.http1_1
    /// Of the request at hand: no other follows on this connection.
    private var isLast = false
    private var isHTTP10KeptAlive = false
    private var requestIsComplete = true
    private var requests = 0
    private var heldBytes = 0
    private var isDraining = false
    private var inputIsClosed = false
    private var isReadDue = false
    private var isHeadUnderway = false
    /// What is wrong with the bytes after those that wait.
    private var failure: Problem?
    /// Parts that came in one read with the request at hand.
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var isTakingWaiting = false
    private var context: ChannelHandlerContext?

    /// `now` is the Date field's text.
    init(
        responder: any ExchangeResponder, facts: ConnectionFacts, limits: ConnectionLimits, budget: BodyBudget,
        executor: EventLoopExecutor?, now: @escaping @Sendable () -> String
    ) {
        self.responder = responder
        self.facts = facts
        self.limits = limits
        self.budget = budget
        self.executor = executor
        self.now = now
    }

    // MARK: What arrives

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadline = Deadline(on: context.eventLoop) { [weak self] in self?.deadlinePassed() }
        deadline?.set(in: limits.idle)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        guard phase.isAnswerDue else { return take(part) }
        isHeadUnderway = false
        guard waiting.count < Self.waitingLimit else { return close() }
        waiting.append(part)
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
        case .working, .answering, .streaming: failure = problem
        case .lingering, .closed: break
        default: fail(problem)
        }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch (part, phase) {
        case (.head(let head), .idle), (.head(let head), .receivingHead): begin(head)
        case (.body(let bytes), .receivingBody(let request, let body)): gather(bytes, after: body, of: request)
        case (.body(let bytes), .discardingBody(let answer, let left)):
            guard bytes.readableBytes <= left else {
                isLast = true
                return send(answer)
            }
            phase = .discardingBody(answer, left: left - bytes.readableBytes)
        case (.end, .receivingBody(let request, let body)):
            requestIsComplete = true
            start(request, body ?? ByteBuffer())
        case (.end, .discardingBody(let answer, _)):
            requestIsComplete = true
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
        requestIsComplete = false
        isHeadUnderway = false
        version = head.version
        let isKeptAlive = head.isKeepAlive
        isLast = !facts.isHTTP2 && (!isKeptAlive || requests >= limits.requestsPerConnection) || isDraining
        isHTTP10KeptAlive = isKeptAlive && head.version == .http1_0
        let expectsContinue =
            head.version != .http1_0 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
        switch responder.decide(on: head, over: facts) {
        case .accept(let request):
            phase = .receivingBody(request, nil)
            deadline?.set(in: limits.body)
            if expectsContinue, !facts.isHTTP2, let context {
                context.writeAndFlush(
                    Self.wrapOutboundOut(.head(HTTPResponseHead(version: version, status: .continue))), promise: nil)
            }
        case .answer(let answer):
            let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            if expectsContinue || length > Self.discardLimit {
                isLast = true
                send(answer)
            } else {
                phase = .discardingBody(answer, left: Self.discardLimit)
                deadline?.set(in: limits.body)
            }
        }
    }

    private func gather(_ bytes: ByteBuffer, after body: ByteBuffer?, of request: any ExchangeRequest) {
        let count = bytes.readableBytes
        guard (body?.readableBytes ?? 0) + count <= request.bodyLimit else {
            return refuse(request, .bodyTooLarge(limit: request.bodyLimit))
        }
        guard budget.take(count) else { return refuse(request, .overloaded()) }
        heldBytes += count
        guard var body else {
            phase = .receivingBody(request, bytes)
            return
        }
        // Without this the buffer has two owners and is copied.
        phase = .idle
        body.writeImmutableBuffer(bytes)
        phase = .receivingBody(request, body)
    }

    private func refuse(_ request: any ExchangeRequest, _ problem: Problem) {
        isLast = true
        send(request.refuse(problem))
    }

    /// Answers bytes that are no request, or none in time.
    private func fail(_ problem: Problem) {
        isLast = true
        requestIsComplete = false
        send(responder.refusal(problem, over: facts))
    }

    private func start(_ request: any ExchangeRequest, _ body: ByteBuffer) {
        guard let context else { return }
        deadline?.set(in: nil)
        request.start(body, on: executor, ExchangeOutlet(handler: NIOLoopBound(self, eventLoop: context.eventLoop)))
        // Where there was nothing to wait for, the answer is out already.
        if case .receivingBody = phase { phase = .working(request) }
        if isDraining { endLongLived() }
        if inputIsClosed, phase.endsWithInput { close() }
    }

    /// Has a request that would go on end now, with its answer.
    private func endLongLived() {
        guard let request = phase.longLived else { return }
        request.cancel()
        if case .streaming = phase { deadline?.set(in: limits.answer) }
    }

    func deliver(_ answer: WireAnswer) {
        switch phase {
        case .working(let request), .receivingBody(let request, _):
            if answer.stream == nil { send(answer) } else { stream(answer, of: request) }
        default: break
        }
    }

    // MARK: An answer

    private func head(of answer: WireAnswer) -> HTTPServerResponsePart {
        var head = HTTPResponseHead(version: version, status: answer.status, headers: answer.headers)
        head.headers.add(name: "Date", value: now())
        if !facts.isHTTP2 {
            if isLast || isDraining {
                isLast = true
                head.headers.add(name: "Connection", value: "close")
            } else if isHTTP10KeptAlive {
                head.headers.add(name: "Connection", value: "keep-alive")
            }
            if answer.stream != nil, version != .http1_0 {
                head.headers.add(name: "Transfer-Encoding", value: "chunked")
            }
        }
        return .head(head)
    }

    private func send(_ answer: WireAnswer) {
        guard let context else { return }
        letGoOfBody()
        context.write(Self.wrapOutboundOut(head(of: answer)), promise: nil)
        if let body = answer.body, body.readableBytes > 0 {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        finish()
    }

    private func finish() {
        guard let context else { return }
        phase = .answering
        deadline?.set(in: limits.answer)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [weak self] result in
            if case .success = result { self?.answered() } else { self?.close() }
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: written)
    }

    // MARK: A stream

    private func stream(_ answer: WireAnswer, of request: any ExchangeRequest) {
        guard let context else { return }
        letGoOfBody()
        // Before HTTP/1.1 only the end of the connection tells the end of such a body.
        if version == .http1_0 { isLast = true }
        (facts.isHTTP2 ? context.channel.parent : context.channel)?.expectLittle(within: limits.answer)
        context.writeAndFlush(Self.wrapOutboundOut(head(of: answer)), promise: nil)
        phase = .streaming(request)
        if isDraining { endLongLived() }
    }

    /// `isTaken` hears when the socket has it all, or that nobody wants it. The client has the time for an answer to take
    /// it; between two writes nothing is asked of it.
    func write(_ bytes: ByteBuffer, _ isTaken: @escaping @Sendable (Bool) -> Void) {
        guard case .streaming = phase, let context else { return isTaken(false) }
        deadline?.set(in: limits.answer)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [weak self] result in
            guard case .success = result else { return isTaken(false) }
            if let self, case .streaming = phase, !isDraining { deadline?.set(in: nil) }
            isTaken(true)
        }
        context.writeAndFlush(Self.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: written)
    }

    func finishStream() {
        guard case .streaming = phase else { return }
        if isDraining { isLast = true }
        finish()
    }

    func abortStream() {
        if case .streaming = phase { close() }
    }

    // MARK: After an answer

    private func answered() {
        guard case .answering = phase, let context else { return }
        if facts.isHTTP2 {
            // A stream is one exchange. Closing it before its end tells the client to send no more.
            if !requestIsComplete { close() } else { phase = .lingering }
        } else if isLast {
            guard !inputIsClosed else { return close() }
            phase = .lingering
            waiting.removeAll()
            deadline?.set(in: Self.linger)
            context.close(mode: .output, promise: nil)
            resumeReading()
        } else {
            phase = .idle
            deadline?.set(in: limits.idle)
            takeWaiting()
        }
    }

    /// A loop, not a recursion: an answer can be out before `take` returns.
    private func takeWaiting() {
        guard !isTakingWaiting else { return }
        isTakingWaiting = true
        defer { isTakingWaiting = false }
        while true {
            switch phase {
            case .working, .answering, .streaming, .lingering, .closed: return
            default: break
            }
            guard let part = waiting.popFirst() else { break }
            take(part)
        }
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

    private func resumeReading() {
        guard isReadDue else { return }
        isReadDue = false
        context?.read()
    }

    // MARK: The end

    private func close() {
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
        letGoOfBody()
        waiting.removeAll()
    }

    private func letGoOfBody() {
        budget.giveBack(heldBytes)
        heldBytes = 0
    }

    private func deadlinePassed() {
        switch phase {
        case .receivingHead, .receivingBody, .discardingBody:
            fail(.requestTimedOut())
        case .idle, .answering, .streaming, .lingering: close()
        case .working, .closed: break
        }
    }
}
