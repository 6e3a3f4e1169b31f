internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// The properties of a connection.
struct ConnectionFacts: Sendable {
    /// The other end of the socket, which may be a proxy.
    let peer: IPAddress?
    let isSecure: Bool
    /// Under TLS the negotiated protocol; HTTP/2 has streams instead of keep-alive.
    let isHTTP2: Bool
}

/// A response as sent.
struct WireAnswer: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    /// Nil for HEAD, whose headers still have the length.
    var body: AnswerBytes?
    /// The lease of the body, until the socket has accepted it.
    var lease: MemoryLease?
    /// Replaces `body`: the deliverer of the response runs it and writes to the outlet.
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

/// A decision on a request's head alone.
enum HeadDecision: Sendable {
    /// The response; the body is not wanted.
    case answer(WireAnswer)
    case accept(any ExchangeRequest)
    /// The stores must be asked for the caller before the body is read. Calls its argument once, on any thread, with
    /// one of the other two.
    case identify(@Sendable (EventLoopExecutor?, @escaping @Sendable (HeadDecision) -> Void) -> Void)
}

/// An accepted request: it may send its body and then runs.
protocol ExchangeRequest: AnyObject, Sendable {
    /// The maximum bytes of the body.
    var bodyLimit: Int { get }
    /// The holder of the body's memory.
    var holder: MemoryBudget.Holder { get }
    /// Whether it may wait for an event. Then a client that closes its sending side counts as disconnected, and a
    /// stopping service cancels it and still waits for the response.
    var isLongLived: Bool { get }
    /// Whether it may compute for long. Then, too, a client that closes its sending side counts as disconnected.
    var isHeavy: Bool { get }
    /// Starts the work and returns. The outlet gets one response, on any thread, possibly before this returns.
    func start(_ body: ByteBuffer, on executor: EventLoopExecutor?, _ outlet: ExchangeOutlet)
    /// The response to a body that cannot be accepted.
    func refuse(_ problem: Problem) -> WireAnswer
    /// The client no longer waits for the response, or for the rest of it.
    func cancel()
}

/// The service behind the sockets.
protocol ExchangeResponder: Sendable {
    /// Runs on the event loop, so it must not wait.
    func decide(on head: HTTPRequestHead, over connection: ConnectionFacts) -> HeadDecision
    /// The response to bytes that are not a valid request.
    func refusal(_ problem: Problem, over connection: ConnectionFacts) -> WireAnswer
}
