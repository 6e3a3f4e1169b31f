import NIOCore
import NIOHTTP1
import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTPServer

@Suite struct ExchangeStateTests {
    private let ok = WireAnswer(.ok, [:], body: .own([1]))
    private let streamed = WireAnswer(.ok, [:], stream: { _ in })

    private func head(_ fields: HTTPHeaders = [:], version: HTTPVersion = .http1_1) -> HTTPServerRequestPart {
        .head(HTTPRequestHead(version: version, method: .POST, uri: "/", headers: fields))
    }

    private func body(_ count: Int) -> HTTPServerRequestPart {
        .body(ByteBuffer(repeating: 0x61, count: count))
    }

    /// A state in which the request works.
    private func working(
        _ request: Request = Request(), _ fields: HTTPHeaders = [:], isHTTP2: Bool = false, requests: Int = 100
    ) -> ExchangeState {
        var state = ExchangeState(isHTTP2: isHTTP2, requestsPerConnection: requests)
        _ = state.receive(head(fields))
        _ = state.decided(.accept(request))
        _ = state.receive(.end(nil))
        _ = state.started()
        return state
    }

    @Test("a request is decided on, gathered, run and answered; the next one is taken then")
    func oneRequest() {
        var state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        let request = Request()
        #expect(state.headIsUnderway().name == "awaitHead")
        #expect(state.receive(head()).name == "decide")
        #expect(state.decided(.accept(request)).name == "accept")
        #expect(state.receive(body(3)).name == "gather 3")
        #expect(state.receive(.end(nil)).name == "start")
        #expect(state.started().name == "none")
        #expect(state.deliver(ok).name == "send 200")
        #expect(!state.current.isLast)
        #expect(state.deliver(ok).name == "none")
        #expect(state.answered(true).name == "next")
        #expect(state.settle().name == "none")
        #expect(state.receive(head()).name == "decide")
    }

    @Test("100 Continue is sent for a body that is wanted, and not on HTTP/2")
    func expectContinue() {
        for (isHTTP2, name) in [(false, "accept, continue"), (true, "accept")] {
            var state = ExchangeState(isHTTP2: isHTTP2, requestsPerConnection: 100)
            _ = state.receive(head(["Expect": "100-continue", "Content-Length": "3"]))
            #expect(state.decided(.accept(Request())).name == name)
        }
    }

    @Test("a body beyond the limit, or beyond memory, is refused, and the connection ends with the response")
    func refusedBody() {
        var state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        _ = state.receive(head())
        _ = state.decided(.accept(Request(bodyLimit: 4)))
        #expect(state.receive(body(4)).name == "gather 4")
        #expect(state.receive(body(1)).name == "refuse body_too_large")
        #expect(state.respond(ok).name == "send 200")
        #expect(state.current.isLast)

        state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        _ = state.receive(head())
        _ = state.decided(.accept(Request()))
        #expect(state.memoryExhausted().name == "refuse memory_exhausted")
        #expect(state.current.isLast)
    }

    @Test("a head that is answered has its small body read first, and no large one")
    func discarding() {
        var state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        _ = state.receive(head(["Content-Length": "3"]))
        #expect(state.decided(.answer(ok)).name == "discardBody")
        #expect(state.receive(body(3)).name == "none")
        #expect(state.receive(.end(nil)).name == "send 200")
        #expect(!state.current.isLast)

        state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        _ = state.receive(head(["Content-Length": "\(ExchangeState.discardLimit + 1)"]))
        #expect(state.decided(.answer(ok)).name == "send 200")
        #expect(state.current.isLast)

        state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        _ = state.receive(head(["Transfer-Encoding": "chunked"]))
        #expect(state.decided(.answer(ok)).name == "discardBody")
        #expect(state.receive(body(ExchangeState.discardLimit)).name == "none")
        #expect(state.receive(body(1)).name == "send 200")
        #expect(state.current.isLast)
    }

    @Test("parts of later requests wait while a response is due, and reading stops then")
    func waiting() {
        var state = working()
        var mayRead = [state.mayRead()]
        #expect(state.receive(head()).name == "none")
        mayRead.append(state.mayRead())
        #expect(mayRead == [true, false])
        #expect(!state.isReady)

        state = working()
        _ = state.receive(head())
        _ = state.mayRead()
        _ = state.deliver(ok)
        #expect(!state.isReady)
        #expect(state.answered(true).name == "next")
        let next = state.takeWaiting()
        #expect(next?.name == "decide")
        let dueReads = [state.takeDueRead(), state.takeDueRead()]
        #expect(dueReads == [true, false])
    }

    @Test("an error behind a request is answered after that request's response")
    func laterFailure() {
        var state = working()
        #expect(state.fail(.malformedRequest("x")).name == "none")
        _ = state.deliver(ok)
        #expect(state.answered(true).name == "next")
        #expect(state.settle().name == "reject malformed_request")
        #expect(state.current.isLast)
    }

    @Test("the last response is followed by a moment of reading, unless the client ended its side")
    func lingering() {
        var state = working(requests: 1)
        _ = state.deliver(ok)
        #expect(state.answered(true).name == "linger")
        #expect(state.deadlinePassed().name == "close")
        #expect(state.close().name == "none")

        state = working(requests: 1)
        #expect(state.inputClosed().name == "none")
        _ = state.deliver(ok)
        #expect(state.answered(true).name == "close")
    }

    @Test("a client that ends its side ends long-lived and heavy requests, and waits for other responses")
    func inputClosed() {
        var state = working(Request(isLongLived: true))
        #expect(state.inputClosed().name == "close, cancel")
        state = working(Request(isHeavy: true))
        #expect(state.inputClosed().name == "close, cancel")
        state = working()
        #expect(state.inputClosed().name == "none")
        state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        #expect(state.inputClosed().name == "close")
    }

    @Test("a service that ends closes an idle connection, cancels long-lived requests, and lets others finish")
    func draining() {
        var state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        #expect(state.drain().name == "close")
        state = working(Request(isLongLived: true))
        #expect(state.drain().name == "cancel")
        state = working()
        #expect(state.drain().name == "none")
        _ = state.deliver(ok)
        #expect(state.current.isLast)
        #expect(state.answered(true).name == "linger")
    }

    @Test("a stream has the time it wants between writes, ends once, and is cut off by an abort")
    func streaming() {
        var state = working(Request(isLongLived: true))
        #expect(state.deliver(streamed).name == "beginStream")
        #expect(state.isStreamUnhurried)
        #expect(state.drain().name == "cancel")
        #expect(state.isStreaming && !state.isStreamUnhurried)
        #expect(state.finishStream().name == "endStream")
        #expect(state.finishStream().name == "none")
        #expect(state.current.isLast)

        state = working(Request(isLongLived: true))
        _ = state.drain()
        #expect(state.deliver(streamed).name == "beginStream, cancel")
        #expect(state.abortStream().name == "close, cancel")
        #expect(state.abortStream().name == "none")
    }

    @Test("identifying the caller holds back what follows, and is ignored when the client is gone")
    func identifying() {
        var state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        _ = state.receive(head())
        #expect(state.decided(.identify { _, _ in }).name == "identify")
        #expect(state.receive(body(1)).name == "none")
        #expect(state.deadlinePassed().name == "none")
        #expect(state.identified(.accept(Request())).name == "accept")
        let next = state.takeWaiting()
        #expect(next?.name == "gather 1")

        state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        _ = state.receive(head())
        _ = state.decided(.identify { _, _ in })
        #expect(state.close().name == "close")
        #expect(state.identified(.accept(Request())).name == "none")
    }

    @Test("on HTTP/2 a stream is one exchange, and the rest of an unwanted body is bounded")
    func http2() {
        var state = working(isHTTP2: true)
        _ = state.deliver(ok)
        #expect(state.answered(true).name == "none")
        #expect(state.deadlinePassed().name == "close")

        state = ExchangeState(isHTTP2: true, requestsPerConnection: 100)
        _ = state.receive(head())
        _ = state.decided(.accept(Request(bodyLimit: 1)))
        #expect(state.receive(body(2)).name == "refuse body_too_large")
        _ = state.respond(ok)
        #expect(state.receive(body(ExchangeState.discardLimit)).name == "none")
        #expect(state.receive(body(1)).name == "close")
    }

    @Test("a head or body that is late is answered, and a client that does not take its response is closed")
    func deadlines() {
        var state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        #expect(state.deadlinePassed().name == "close")
        state = ExchangeState(isHTTP2: false, requestsPerConnection: 100)
        _ = state.headIsUnderway()
        #expect(state.deadlinePassed().name == "reject request_timed_out")
        state = working()
        #expect(state.deadlinePassed().name == "none")
        _ = state.deliver(ok)
        #expect(state.deadlinePassed().name == "close")
    }

    @Test("a response that the socket does not take closes the connection")
    func failedWrite() {
        var state = working()
        _ = state.deliver(ok)
        #expect(state.answered(false).name == "close")
        #expect(state.answered(false).name == "none")
    }
}

private final class Request: ExchangeRequest {
    let bodyLimit: Int
    let isLongLived: Bool
    let isHeavy: Bool
    let holder = MemoryBudget.Holder(nil, at: nil)

    init(bodyLimit: Int = 64, isLongLived: Bool = false, isHeavy: Bool = false) {
        self.bodyLimit = bodyLimit
        self.isLongLived = isLongLived
        self.isHeavy = isHeavy
    }

    func start(_ body: ByteBuffer, on executor: EventLoopExecutor?, _ outlet: ExchangeOutlet) {}
    func refuse(_ problem: Problem) -> WireAnswer { WireAnswer(problem.kind.status, [:]) }
    func cancel() {}
}

extension ExchangeAction {
    /// For comparisons.
    fileprivate var name: String {
        switch self {
        case .none: "none"
        case .awaitHead: "awaitHead"
        case .decide: "decide"
        case .identify: "identify"
        case .accept(_, let sendsContinue): sendsContinue ? "accept, continue" : "accept"
        case .discardBody: "discardBody"
        case .gather(let bytes): "gather \(bytes.readableBytes)"
        case .start: "start"
        case .refuse(_, let problem): "refuse \(problem.kind.code)"
        case .reject(let problem): "reject \(problem.kind.code)"
        case .send(let answer): "send \(answer.status.code)"
        case .beginStream(_, let request): request == nil ? "beginStream" : "beginStream, cancel"
        case .endStream: "endStream"
        case .cancel: "cancel"
        case .next: "next"
        case .linger: "linger"
        case .close(let request): request == nil ? "close" : "close, cancel"
        }
    }
}
