internal import NIOCore
internal import NIOEmbedded
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

@testable internal import TenonHTTPServer

/// A whole HTTP/1.1 connection, without a socket: codec and handler as the service puts them together.
enum ConnectionTargets {
    /// The same bytes in one piece, and byte by byte, are the same requests and get the same answers; and there are
    /// never more answers than requests that were decided on, and one for bytes that are none.
    static func connection(_ bytes: UnsafeRawBufferPointer) {
        let whole = run([ByteBuffer(bytes: bytes)])
        let pieces = run(bytes.map { ByteBuffer(bytes: [$0]) })
        precondition(whole.requests == pieces.requests, "where the bytes are cut decides what the requests are")
        precondition(whole.statuses == pieces.statuses, "where the bytes are cut decides what is answered")
        precondition(whole.statuses.count <= whole.requests.count + 1, "more answers than requests")
    }

    private struct Outcome {
        var requests: [String]
        var statuses: [String]
    }

    private static func run(_ pieces: [ByteBuffer]) -> Outcome {
        let responder = EchoResponder()
        let pipeline = ConnectionPipeline(
            responder: responder, limits: ConnectionLimits(), memory: MemoryBudget(limit: 1 << 20),
            table: ConnectionTable(limits: ConnectionLimits()) { _ in false }, identity: nil, executors: [:],
            now: { "now" })
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        guard (try? pipeline.configure(channel, from: nil)) != nil,
            (try? channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()) != nil
        else { preconditionFailure("the pipeline is not to be made") }
        var text = ""
        for piece in pieces where channel.isActive {
            _ = try? channel.writeInbound(piece)
            channel.embeddedEventLoop.run()
        }
        while let part = try? channel.readOutbound(as: IOData.self), case .byteBuffer(let written) = part {
            text += String(buffer: written)
        }
        let statuses = text.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.") }.map { String($0.prefix(12)) }
        return Outcome(requests: responder.seen, statuses: statuses.filter { !$0.hasSuffix("100") })
    }
}

/// Takes every body of up to 64 bytes and answers 204.
private final class EchoResponder: ExchangeResponder, @unchecked Sendable {
    /// One thread runs it all.
    private(set) var seen: [String] = []

    func decide(on head: HTTPRequestHead, over connection: ConnectionFacts) -> HeadDecision {
        seen.append("\(head.method) \(head.uri) \(head.version) \(head.headers.count)")
        if head.uri.hasSuffix("!") { return .answer(WireAnswer(.unauthorized, ["Content-Length": "0"])) }
        return .accept(EchoRequest { [self] in seen.append($0) })
    }

    func refusal(_ problem: Problem, over connection: ConnectionFacts) -> WireAnswer {
        WireAnswer(problem.kind.status, ["Content-Length": "0"])
    }
}

private final class EchoRequest: ExchangeRequest, @unchecked Sendable {
    let bodyLimit = 64
    let isLongLived = false
    let isHeavy = false
    let holder = MemoryBudget.Holder(nil, at: nil)
    private let onBody: (String) -> Void

    init(_ onBody: @escaping (String) -> Void) {
        self.onBody = onBody
    }

    func start(_ body: ByteBuffer, on executor: EventLoopExecutor?, _ outlet: ExchangeOutlet) {
        onBody(String(buffer: body))
        outlet.deliver(WireAnswer(.noContent, [:]))
    }

    func refuse(_ problem: Problem) -> WireAnswer { WireAnswer(problem.kind.status, ["Content-Length": "0"]) }

    func cancel() {}
}
