import FoundationEssentials
import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Answers that come bit by bit, over HTTP/1.1.
@Suite struct StreamTests {
    private static let live = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    @Test("events come in chunks, the stream ends whole, and the request behind it is answered then")
    func chunks() async throws {
        try await ServedTenon.withTicks { tenon, ticks in
            let connection = await tenon.watch("three")
            await connection.send(Self.live)
            let received = await connection.receive()
            connection.close()
            #expect(received.statuses == [200, 200])
            #expect(received.isClosed)
            let chunks = (1...3).map { "9\r\ndata: \($0)\n\n\r\n" }.joined()
            #expect(received.text.contains("\r\n\r\n" + chunks + "0\r\n\r\nHTTP/1.1 200 OK"))
            #expect(received.field("content-type") == "text/event-stream")
            #expect(received.field("transfer-encoding") == "chunked")
            #expect(received.field("cache-control") == "no-cache")
            #expect(received.field("x-accel-buffering") == "no")
            #expect(received.field("x-content-type-options") == "nosniff")
            for name in ["content-length", "etag", "connection"] { #expect(received.field(name) == nil, "\(name)") }
            #expect(ticks.now.ended == 1)
            #expect(ticks.now.cancelled == 0)
        }
    }

    @Test("the head and each event go out at once, and an idle stream outlives every deadline")
    func idle() async throws {
        try await ServedTenon.withTicks { settings in
            settings.limits.answer = .milliseconds(200)
            settings.limits.idle = .milliseconds(200)
            settings.limits.body = .milliseconds(200)
        } _: { tenon, ticks in
            let connection = await tenon.watch("wait")
            let first = await connection.receive(until: "data: 1\n\n\r\n")
            #expect(first.statuses == [200])
            let running = try await tenon.metric("tenon_http_requests_running")
            #expect(running == 0)
            try await tenon.reachWatchers(1)
            let silent = await connection.receive(within: .milliseconds(700))
            #expect(silent.text.isEmpty)
            #expect(!silent.isClosed)
            ticks.note { $0.mayGoOn = true }
            let rest = await connection.receive(until: "0\r\n\r\n")
            #expect(rest.text == "9\r\ndata: 2\n\n\r\n0\r\n\r\n")
            connection.close()
            try await tenon.reachWatchers(0)
        }
    }

    @Test("HTTP/1.0 gets the events as they are, and their end is the connection's")
    func http10() async throws {
        try await ServedTenon.withTicks { tenon, _ in
            let received = await tenon.exchange(
                "GET \(TickEndpoint.path)?mode=three HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(received.statuses == [200])
            #expect(received.text.hasSuffix("\r\n\r\ndata: 1\n\ndata: 2\n\ndata: 3\n\n"))
            #expect(received.field("connection") == "close")
            #expect(received.field("transfer-encoding") == nil)
            #expect(received.isClosed)
        }
    }

    @Test("HEAD gets the head alone, and the connection goes on")
    func head() async throws {
        try await ServedTenon.withTicks { tenon, ticks in
            let received = await tenon.exchange(
                "HEAD \(TickEndpoint.path)?mode=flood HTTP/1.1\r\nHost: x\r\n\r\n" + Self.live)
            #expect(received.statuses == [200, 200])
            #expect(received.field("content-type") == "text/event-stream")
            #expect(received.text.components(separatedBy: "\r\n\r\n")[1].hasPrefix("HTTP/1.1 200 OK"))
            #expect(ticks.now.begun == 0)
        }
    }

    @Test("what fails before the stream is a problem, and the same operation can answer JSON")
    func otherAnswers() async throws {
        try await ServedTenon.withTicks { tenon, _ in
            let refused = try await tenon.send("GET", "\(TickEndpoint.path)?mode=refused")
            #expect(refused.status == 422)
            #expect(refused.headers["content-type"] == "application/problem+json")
            let now = try await tenon.send("GET", "\(TickEndpoint.path)?mode=now")
            #expect(now.json["mode"] == "now")
            #expect(now.headers["content-type"] == "application/json")
            #expect(now.headers["etag"] != nil)
            #expect(try await tenon.metric("tenon_http_watchers") == 0)
        }
    }

    @Test("a body that fails is cut off, so that nobody takes it for whole")
    func cutOff() async throws {
        try await ServedTenon.withTicks { tenon, _ in
            let connection = await tenon.watch("cut")
            let received = await connection.receive()
            connection.close()
            #expect(received.statuses == [200])
            #expect(received.text.hasSuffix("9\r\ndata: 1\n\n\r\n"))
            #expect(received.isClosed)
            try await tenon.reachWatchers(0)
        }
    }

    @Test("a stream is counted once, when it ends")
    func metrics() async throws {
        try await ServedTenon.withTicks { tenon, ticks in
            let counted = "tenon_http_requests_total{operation=\"watchTicks\",status=\"200\"}"
            let connection = await tenon.watch("wait")
            _ = await connection.receive(until: "data: 1\n\n")
            let before = try await tenon.metric(counted)
            #expect(before == nil)
            ticks.note { $0.mayGoOn = true }
            _ = await connection.receive(until: "0\r\n\r\n")
            try await until { try await tenon.metric(counted) == 1 }
            connection.close()
        }
    }

    @Test("an operation that streams is described with each of its media types, and has no entity tag of its own")
    func description() {
        struct Plain: Endpoint {
            static let operation = Operation(
                "watch", .get, "/watch", tag: "Test", summary: "W", description: "W.", access: .open, isLongLived: true)

            func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<EventStream> {
                Answer(EventStream { _ in }, caching: .live)
            }
        }
        var catalog = EndpointCatalog()
        catalog.add(TickEndpoint(ticks: Ticks()))
        catalog.add(Plain())
        let paths = OpenAPIDocument(catalog).json["paths"]
        let both = paths?["/api/v1/ticks"]?["get"]?["responses"]?["200"]?["content"]
        #expect(both?["text/event-stream"]?["schema"] == ["type": "string"])
        #expect(both?["application/json"]?["schema"] == ["$ref": "#/components/schemas/Now"])
        let plain = paths?["/api/v1/watch"]?["get"]
        #expect(plain?["responses"]?["200"]?["content"]?.objectValue?.count == 1)
        #expect(plain?["responses"]?["304"] == nil)
        #expect(plain?["parameters"] == nil)
    }
}
