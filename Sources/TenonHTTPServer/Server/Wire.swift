internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// What is known of a connection before a request says anything.
struct ConnectionFacts: Sendable {
    /// The other end of the socket, which may be a proxy.
    let peer: IPAddress?
    let isSecure: Bool
    /// Under TLS the protocol that was agreed on; HTTP/2 has streams in place of keep-alive.
    let isHTTP2: Bool
}

/// An answer as it goes out.
struct WireAnswer: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    /// Nil for HEAD, whose headers tell the length all the same.
    var body: AnswerBytes?
    /// Of the body, until the socket has taken it.
    var lease: MemoryLease?
    /// Comes in place of `body`: whoever delivers the answer runs it and writes to the outlet.
    var stream: StreamedBody?

    init(
        _ status: HTTPResponseStatus, _ headers: HTTPHeaders, body: AnswerBytes? = nil, stream: StreamedBody? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.stream = stream
    }
}

/// What is decided on a request's head alone.
enum HeadDecision: Sendable {
    /// The answer; the body is not wanted.
    case answer(WireAnswer)
    case accept(any ExchangeRequest)
    /// The stores have to be asked who the caller is before any of the body is taken. Runs its argument once, on any
    /// thread, with one of the other two.
    case identify(@Sendable (EventLoopExecutor?, @escaping @Sendable (HeadDecision) -> Void) -> Void)
}

/// A request that may send its body and then runs.
protocol ExchangeRequest: AnyObject, Sendable {
    /// Bytes of body that are taken.
    var bodyLimit: Int { get }
    /// Whose share of memory the body takes.
    var holder: MemoryBudget.Holder { get }
    /// Whether it may wait for something to happen. Then a client that ends its side counts as gone, and a service that
    /// wants to end cancels it and waits for the answer all the same.
    var isLongLived: Bool { get }
    /// Whether it may compute for long. Then, too, a client that ends its side counts as gone.
    var isHeavy: Bool { get }
    /// Begins the work and returns. The outlet gets one answer, on any thread, and perhaps before this returns.
    func start(_ body: ByteBuffer, on executor: EventLoopExecutor?, _ outlet: ExchangeOutlet)
    /// The answer to a body that cannot be taken.
    func refuse(_ problem: Problem) -> WireAnswer
    /// Nobody waits for the answer any more, or for what is still to come of it.
    func cancel()
}

/// The service behind the sockets.
protocol ExchangeResponder: Sendable {
    /// Runs on the event loop, so it does not wait for anything.
    func decide(on head: HTTPRequestHead, over connection: ConnectionFacts) -> HeadDecision
    /// The answer to bytes that are no request.
    func refusal(_ problem: Problem, over connection: ConnectionFacts) -> WireAnswer
}
