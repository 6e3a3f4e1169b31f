internal import NIOCore
internal import NIOHTTP1

/// What the connection's handler does about an event. It returns the results of `decide`, `accept` and so on to the
/// `ExchangeState` as further events.
enum ExchangeAction {
    case none
    /// Give the head the time that it has.
    case awaitHead
    /// Ask the responder; answer with `decided`.
    case decide(HTTPRequestHead)
    /// Ask who the caller is; answer with `identified`.
    case identify(@Sendable (EventLoopExecutor?, @escaping @Sendable (HeadDecision) -> Void) -> Void)
    /// Make room for a body, and give it the time that it has.
    case accept(any ExchangeRequest, sendsContinue: Bool)
    /// The same for a body that is read and thrown away.
    case discardBody
    /// Keep it, or answer with `memoryExhausted`.
    case gather(ByteBuffer)
    /// Run the request with the body; answer with `started`, and `deliver` the response.
    case start(any ExchangeRequest)
    /// `respond` with the request's response to the problem.
    case refuse(any ExchangeRequest, Problem)
    /// `respond` with the responder's response to the problem.
    case reject(Problem)
    /// Write it; answer with `answered`.
    case send(WireAnswer)
    /// Write its head. A request that is to end is cancelled, and has the time for a response left.
    case beginStream(WireAnswer, ending: (any ExchangeRequest)?)
    /// Write the end; answer with `answered`.
    case endStream
    /// Cancel a request whose response is still sent.
    case cancel(any ExchangeRequest)
    /// Take what waits, until the next request.
    case next
    /// The last response is out: end the writing side, and read for a moment.
    case linger
    /// Close the channel, and cancel the request whose response nobody waits for.
    case close(cancelling: (any ExchangeRequest)?)
}
