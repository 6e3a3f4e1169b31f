internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// Takes the requests of one connection, or of one HTTP/2 stream, one after another: does what `ExchangeState` says with
/// the channel, the responder and the clock. Every phase that waits for the client has a deadline.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    private static let linger = Duration.seconds(1)

    private let responder: any ExchangeResponder
    private let facts: ConnectionFacts
    private let limits: ConnectionLimits
    private let memory: MemoryBudget
    private let executor: EventLoopExecutor?
    private let now: @Sendable () -> String

    private var state: ExchangeState
    private var deadline: Deadline?
    /// Of the request at hand, as far as it has arrived.
    private var body = ByteBuffer()
    private var lease: MemoryLease?
    private var isTakingWaiting = false
    private var context: ChannelHandlerContext?
    private var writer: ExchangeWriter?
    /// Decodes the bytes that it kept while `isFull`; false if there were none.
    var resumeDecoding: () -> Bool = { false }

    /// `now` is the text of the Date field.
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
        state = ExchangeState(isHTTP2: facts.isHTTP2, requestsPerConnection: limits.requestsPerConnection)
    }

    /// Whether no more requests can wait behind the current one.
    var isFull: Bool { state.isFull }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        writer = ExchangeWriter(context)
        deadline = Deadline(on: context.eventLoop) { [weak self] in
            guard let self else { return }
            perform(state.deadlinePassed())
        }
        deadline?.set(in: limits.idle)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
        writer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(state.receive(Self.unwrapInboundIn(data)))
    }

    func read(context: ChannelHandlerContext) {
        if state.mayRead() { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: perform(state.drain())
        case ChannelEvent.inputClosed: perform(state.inputClosed())
        case is RequestDecoder.HeadIsUnderway: perform(state.headIsUnderway())
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        perform((error as? Problem).map { state.fail($0) } ?? state.close())
    }

    // MARK: Events of a response

    func deliver(_ answer: WireAnswer) {
        perform(state.deliver(answer))
    }

    /// `isTaken` hears when the socket has it all, or that nobody wants it. The client has the time for a response to take
    /// it; between two writes nothing is asked of it.
    func write(_ bytes: ByteBuffer, _ isTaken: @escaping @Sendable (Bool) -> Void) {
        guard state.isStreaming, let writer else { return isTaken(false) }
        deadline?.set(in: limits.answer)
        writer.write(bytes) { [weak self] success in
            if success, let self, state.isStreamUnhurried { deadline?.set(in: nil) }
            isTaken(success)
        }
    }

    func finishStream() {
        perform(state.finishStream())
    }

    func abortStream() {
        perform(state.abortStream())
    }

    // MARK: Actions

    private func perform(_ action: ExchangeAction) {
        switch action {
        case .none: break
        case .awaitHead: deadline?.set(in: limits.head)
        case .decide(let head): perform(state.decided(responder.decide(on: head, over: facts)))
        case .identify(let ask): identify(ask)
        case .accept(let request, let sendsContinue):
            lease = MemoryLease(memory, for: request.holder)
            deadline?.set(in: limits.body)
            if sendsContinue { writer?.sendContinue(state.current.version) }
        case .discardBody: deadline?.set(in: limits.body)
        case .gather(let bytes): gather(bytes)
        case .start(let request): start(request)
        case .refuse(let request, let problem): perform(state.respond(request.refuse(problem)))
        case .reject(let problem): perform(state.respond(responder.refusal(problem, over: facts)))
        case .send(let answer): send(answer)
        case .beginStream(let answer, let request): beginStream(answer, ending: request)
        case .endStream:
            deadline?.set(in: limits.answer)
            writer?.end { [weak self] in self?.answered($0) }
        case .cancel(let request):
            request.cancel()
            if state.isStreaming { deadline?.set(in: limits.answer) }
        case .next:
            deadline?.set(in: limits.idle)
            takeWaiting()
        case .linger:
            deadline?.set(in: Self.linger)
            context?.close(mode: .output, promise: nil)
            resumeReading()
        case .close(let request):
            release(request)
            context?.close(promise: nil)
        }
    }

    private func identify(
        _ ask: @Sendable (EventLoopExecutor?, @escaping @Sendable (HeadDecision) -> Void) -> Void
    ) {
        guard let context else { return }
        deadline?.set(in: nil)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        ask(executor) { decision in
            handler.eventLoop.execute { handler.value.identified(decision) }
        }
    }

    private func identified(_ decision: HeadDecision) {
        guard case .identifying = state.phase else { return }
        perform(state.identified(decision))
        takeWaiting()
    }

    private func gather(_ bytes: ByteBuffer) {
        guard lease?.take(bytes.readableBytes) == true else { return perform(state.memoryExhausted()) }
        if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
    }

    private func start(_ request: any ExchangeRequest) {
        guard let context, let lease else { return }
        deadline?.set(in: nil)
        let body = self.body
        releaseBody()
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        request.start(body, on: executor, ExchangeOutlet(handler: handler, lease: lease))
        perform(state.started())
    }

    private func head(of answer: WireAnswer) -> HTTPResponseHead {
        state.current.head(of: answer, at: now(), isHTTP2: facts.isHTTP2)
    }

    private func send(_ answer: WireAnswer) {
        releaseBody()
        deadline?.set(in: limits.answer)
        writer?.send(head(of: answer), answer) { [weak self] in self?.answered($0) }
    }

    private func beginStream(_ answer: WireAnswer, ending request: (any ExchangeRequest)?) {
        guard let context else { return }
        (facts.isHTTP2 ? context.channel.parent : context.channel)?.expectLittle(within: limits.answer)
        writer?.begin(head(of: answer))
        guard let request else { return }
        request.cancel()
        deadline?.set(in: limits.answer)
    }

    private func answered(_ isTaken: Bool) {
        perform(state.answered(isTaken))
    }

    /// A loop, not a recursion: a response can be out before `perform` returns.
    private func takeWaiting() {
        guard !isTakingWaiting else { return }
        isTakingWaiting = true
        defer { isTakingWaiting = false }
        while state.isReady {
            if let action = state.takeWaiting() { perform(action) } else if !resumeDecoding() { break }
        }
        perform(state.settle())
        if state.isReady { resumeReading() }
    }

    private func resumeReading() {
        if state.takeDueRead() { context?.read() }
    }

    // MARK: The end

    /// The channel is closed already.
    private func end() {
        if case .close(let request) = state.close() { release(request) }
    }

    private func release(_ request: (any ExchangeRequest)?) {
        request?.cancel()
        deadline?.cancel()
        writer?.stop()
        releaseBody()
    }

    private func releaseBody() {
        body = ByteBuffer()
        lease = nil
    }
}
