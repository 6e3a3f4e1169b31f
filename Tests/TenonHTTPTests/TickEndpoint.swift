import Synchronization
import TenonDomain
import TenonKit
import TestSupport

@testable import TenonHTTP
@testable import TenonHTTPServer

/// What the streams of a test did, and the word to go on.
final class Ticks: Sendable {
    struct State {
        var begun = 0
        var ended = 0
        var cancelled = 0
        var bytes = 0
        var mayGoOn = false
    }

    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }

    func reach(_ condition: (State) -> Bool) async throws {
        try await until("what a stream does") { condition(now) }
    }

    func note(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
}

/// A stream of events, or JSON, in whichever way the query asks for.
struct TickEndpoint: Endpoint {
    static let path = "/v1/ticks"

    static let operation = Operation(
        "watchTicks", .get, "/ticks", tag: "Test", summary: "Ticks", description: "Ticks.", access: .open,
        query: [QueryParameter("mode", "What happens.", schema: ["type": "string"])], isLongLived: true)

    struct Now: ReplyBody {
        let mode: String

        func write(to fields: inout FieldWriter) { fields.field("mode", mode) }
        static var example: Now { Now(mode: "now") }
    }

    let ticks: Ticks

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<WatchReply<Now>> {
        try await Self.answer(request, ticks)
    }

    static func answer<Body>(
        _ request: EndpointRequest<Body>, _ ticks: Ticks
    ) async throws(Failure) -> Answer<WatchReply<Now>> {
        let mode = request.query.text("mode") ?? ""
        switch mode {
        case "refused": throw .invalid("refused", "This is refused.")
        case "now": return Answer(.now(Now(mode: mode)))
        case "poll":
            ticks.note { $0.begun += 1 }
            await Self.pause { !Task.isCancelled }
            ticks.note { $0.cancelled += 1 }
            return Answer(.now(Now(mode: mode)), caching: .none)
        default: break
        }
        let isAuthentic: @Sendable () async -> Bool = { await request.currentCaller() != nil }
        let stream = EventStream { body throws(Failure) in
            ticks.note { $0.begun += 1 }
            defer {
                ticks.note { ticks in
                    ticks.ended += 1
                    if Task.isCancelled { ticks.cancelled += 1 }
                }
            }
            switch mode {
            case "three": for number in 1...3 { guard await body.write("data: \(number)\n\n") else { return } }
            case "cut":
                _ = await body.write("data: 1\n\n")
                throw .unavailable("It is over.")
            case "large": _ = await body.write([UInt8](repeating: 0x61, count: 2 << 20))
            case "flood":
                let block = [UInt8](repeating: 0x61, count: 64 << 10)
                while await body.write(block) { ticks.note { $0.bytes += block.count } }
            default:
                guard await body.write("data: 1\n\n") else { return }
                await Self.pause {
                    guard !Task.isCancelled, !ticks.now.mayGoOn else { return false }
                    return await isAuthentic()
                }
                _ = await body.write("data: 2\n\n")
            }
        }
        return Answer(.events(stream), caching: .live)
    }

    private static func pause(while condition: () async -> Bool) async {
        while await condition() { try? await Task.sleep(for: .milliseconds(20)) }
    }
}

/// The same for whoever is signed in.
struct PrivateTickEndpoint: Endpoint {
    static let operation = Operation(
        "watchPrivateTicks", .get, "/private-ticks", tag: "Test", summary: "Ticks", description: "Ticks.",
        access: .signedIn, query: TickEndpoint.operation.query, isLongLived: true)

    let ticks: Ticks

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<WatchReply<TickEndpoint.Now>> {
        try await TickEndpoint.answer(request, ticks)
    }
}

extension ServedTenon {
    static func withTicks(
        _ configure: (inout HTTPServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (ServedTenon, Ticks) async throws -> Void
    ) async throws {
        let ticks = Ticks()
        try await with(configure, endpoints: [TickEndpoint(ticks: ticks), PrivateTickEndpoint(ticks: ticks)]) { tenon in
            try await body(tenon, ticks)
        }
    }

    /// A connection that has asked for ticks, with its first answer's beginning.
    func watch(_ mode: String, receiveBuffer: Int32? = nil) async -> RawConnection {
        let connection = await connection(receiveBuffer: receiveBuffer)
        await connection.send("GET \(TickEndpoint.path)?mode=\(mode) HTTP/1.1\r\nHost: x\r\n\r\n")
        return connection
    }

    func reachWatchers(_ count: Int) async throws {
        try await until("\(count) watchers") { try await metric("tenon_http_watchers") == count }
    }
}
