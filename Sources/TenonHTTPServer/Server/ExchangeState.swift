internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain

/// The rules of one connection's or HTTP/2 stream's exchange, without any I/O: events go in, one action comes out of each.
///
/// While a response is due one more read is taken from the socket at most, so that a client cannot pile up work.
struct ExchangeState {
    /// How much of a body that nobody wants is read before the connection is closed instead.
    static let discardLimit = 64 << 10

    private let isHTTP2: Bool
    private let requestsPerConnection: Int
    private(set) var phase = ExchangePhase.idle
    private(set) var current = CurrentRequest()
    /// Bytes of the request's body so far.
    private var received = 0
    private var requests = 0
    private var isDraining = false
    private var inputIsClosed = false
    private var isReadDue = false
    private var isHeadUnderway = false
    /// The error in the bytes after those that wait.
    private var failure: Problem?
    private var waiting = WaitingParts()

    init(isHTTP2: Bool, requestsPerConnection: Int) {
        self.isHTTP2 = isHTTP2
        self.requestsPerConnection = requestsPerConnection
    }

    /// Whether no more can wait for the request at hand.
    var isFull: Bool { phase.isAnswerDue && waiting.isFull }
    /// Whether the next request may start.
    var isReady: Bool { phase.isReady }
}

// MARK: - What arrives

extension ExchangeState {
    mutating func receive(_ part: HTTPServerRequestPart) -> ExchangeAction {
        guard phase.isAnswerDue else { return take(part) }
        isHeadUnderway = false
        if case .identifying = phase {
            waiting.append(part)
            return .none
        }
        // On an HTTP/2 stream it is the rest of an unwanted body.
        guard isHTTP2 else {
            waiting.append(part)
            return .none
        }
        guard case .body(let bytes) = part else { return .none }
        current.discarded += bytes.readableBytes
        return current.discarded > Self.discardLimit ? close() : .none
    }

    /// Takes a part that waited; nil where none did.
    mutating func takeWaiting() -> ExchangeAction? {
        waiting.popFirst().map { take($0) }
    }

    private mutating func take(_ part: HTTPServerRequestPart) -> ExchangeAction {
        switch (part, phase) {
        case (.head(let head), .idle), (.head(let head), .receivingHead): return begin(head)
        case (.body(let bytes), .receivingBody(let request)): return gather(bytes, of: request)
        case (.body(let bytes), .discardingBody(let answer, let left)):
            guard bytes.readableBytes <= left else {
                current.isLast = true
                return respond(answer)
            }
            phase = .discardingBody(answer, left: left - bytes.readableBytes)
        case (.end, .receivingBody(let request)):
            current.isComplete = true
            return .start(request)
        case (.end, .discardingBody(let answer, _)):
            current.isComplete = true
            return respond(answer)
        default: break
        }
        return .none
    }

    private mutating func begin(_ head: HTTPRequestHead) -> ExchangeAction {
        requests += 1
        received = 0
        isHeadUnderway = false
        current = CurrentRequest(head)
        current.isLast = !isHTTP2 && (!head.isKeepAlive || requests >= requestsPerConnection) || isDraining
        return .decide(head)
    }

    private mutating func gather(_ bytes: ByteBuffer, of request: any ExchangeRequest) -> ExchangeAction {
        guard received + bytes.readableBytes <= request.bodyLimit else {
            return refuse(request, .bodyTooLarge(limit: request.bodyLimit))
        }
        received += bytes.readableBytes
        return .gather(bytes)
    }

    /// Whether to read from the socket now. With nothing after the request at hand the socket stays watched, which spares
    /// the system two calls a request.
    mutating func mayRead() -> Bool {
        isReadDue = phase.isAnswerDue && !waiting.isEmpty
        return !isReadDue
    }

    /// Whether a read that had to wait is due now.
    mutating func takeDueRead() -> Bool {
        defer { isReadDue = false }
        return isReadDue
    }

    /// The first bytes of a head arrived.
    mutating func headIsUnderway() -> ExchangeAction {
        isHeadUnderway = true
        return if case .idle = phase { awaitHead() } else { .none }
    }

    private mutating func awaitHead() -> ExchangeAction {
        phase = .receivingHead
        return .awaitHead
    }

    /// The client ended its side.
    mutating func inputClosed() -> ExchangeAction {
        inputIsClosed = true
        return phase.endsWithInput || (!phase.isAnswerDue && waiting.isEmpty) ? close() : .none
    }

    /// The bytes are no request.
    mutating func fail(_ problem: Problem) -> ExchangeAction {
        switch phase {
        case .identifying, .working, .answering, .streaming:
            failure = problem
            return .none
        case .lingering, .closed: return .none
        default: return reject(problem)
        }
    }

    /// Responds to bytes that are not a valid request, or to a timeout.
    private mutating func reject(_ problem: Problem) -> ExchangeAction {
        current.isLast = true
        current.isComplete = false
        return .reject(problem)
    }
}

// MARK: - A request

extension ExchangeState {
    mutating func decided(_ decision: HeadDecision) -> ExchangeAction {
        switch decision {
        case .identify(let ask):
            phase = .identifying
            return .identify(ask)
        case .accept(let request):
            phase = .receivingBody(request)
            return .accept(request, sendsContinue: current.expectsContinue && !isHTTP2)
        case .answer(let answer):
            guard !current.expectsContinue, current.length <= Self.discardLimit else {
                current.isLast = true
                return respond(answer)
            }
            phase = .discardingBody(answer, left: Self.discardLimit)
            return .discardBody
        }
    }

    mutating func identified(_ decision: HeadDecision) -> ExchangeAction {
        if case .identifying = phase { decided(decision) } else { .none }
    }

    /// There was no memory for what `gather` brought.
    mutating func memoryExhausted() -> ExchangeAction {
        guard case .receivingBody(let request) = phase else { return .none }
        return refuse(request, Problem(.memoryExhausted()))
    }

    private mutating func refuse(_ request: any ExchangeRequest, _ problem: Problem) -> ExchangeAction {
        current.isLast = true
        return .refuse(request, problem)
    }

    /// The request runs. Where there was nothing to wait for, the response is out already.
    mutating func started() -> ExchangeAction {
        if case .receivingBody(let request) = phase { phase = .working(request) }
        if inputIsClosed, phase.endsWithInput { return close() }
        return isDraining ? endLongLived() : .none
    }

    /// Ends a request that would continue; its response is sent all the same.
    private func endLongLived() -> ExchangeAction {
        phase.longLived.map { .cancel($0) } ?? .none
    }

    /// The service ends.
    mutating func drain() -> ExchangeAction {
        isDraining = true
        return if case .idle = phase { close() } else { endLongLived() }
    }
}

// MARK: - The response

extension ExchangeState {
    /// The response to the request at hand; ignored where none is due.
    mutating func deliver(_ answer: WireAnswer) -> ExchangeAction {
        switch phase {
        case .working(let request), .receivingBody(let request):
            guard answer.stream != nil else { return respond(answer) }
            // Before HTTP/1.1 only the end of the connection tells the end of such a body.
            if current.version == .http1_0 || isDraining { current.isLast = true }
            phase = .streaming(request)
            return .beginStream(answer, ending: isDraining ? request : nil)
        default: return .none
        }
    }

    mutating func respond(_ answer: WireAnswer) -> ExchangeAction {
        endIfDraining()
        phase = .answering
        return .send(answer)
    }

    private mutating func endIfDraining() {
        if isDraining { current.isLast = true }
    }

    var isStreaming: Bool { if case .streaming = phase { true } else { false } }
    /// Whether a stream has all the time it wants until its next write.
    var isStreamUnhurried: Bool { isStreaming && !isDraining }

    mutating func finishStream() -> ExchangeAction {
        guard isStreaming else { return .none }
        endIfDraining()
        phase = .answering
        return .endStream
    }

    mutating func abortStream() -> ExchangeAction {
        isStreaming ? close() : .none
    }

    /// The socket has taken the response, or failed to.
    mutating func answered(_ isTaken: Bool) -> ExchangeAction {
        guard isTaken else { return close() }
        guard case .answering = phase else { return .none }
        if isHTTP2 {
            // A stream is one exchange. Closing it before its end tells the client to stop sending.
            guard current.isComplete else { return close() }
            phase = .lingering
            return .none
        }
        guard current.isLast else {
            phase = .idle
            return .next
        }
        guard !inputIsClosed else { return close() }
        phase = .lingering
        waiting.removeAll()
        return .linger
    }

    /// Nothing more waits.
    mutating func settle() -> ExchangeAction {
        guard phase.isReady else { return .none }
        if let problem = failure {
            failure = nil
            return reject(problem)
        }
        guard case .idle = phase else { return .none }
        if inputIsClosed || isDraining { return close() }
        return isHeadUnderway ? awaitHead() : .none
    }

    mutating func deadlinePassed() -> ExchangeAction {
        switch phase {
        case .receivingHead, .receivingBody, .discardingBody: reject(.requestTimedOut())
        case .idle, .answering, .streaming, .lingering: close()
        case .identifying, .working, .closed: .none
        }
    }

    /// Ends the exchange. Once: `.none` afterwards.
    mutating func close() -> ExchangeAction {
        let request: (any ExchangeRequest)?
        switch phase {
        case .closed: return .none
        case .working(let running), .streaming(let running): request = running
        default: request = nil
        }
        phase = .closed
        waiting.removeAll()
        return .close(cancelling: request)
    }
}
