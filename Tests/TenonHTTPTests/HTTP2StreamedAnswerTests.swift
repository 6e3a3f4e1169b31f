import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Answers that come bit by bit, over HTTP/2.
@Suite struct HTTP2StreamedAnswerTests {
    private func serve(
        _ configure: (inout HTTPServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (ServedTenon, Ticks) async throws -> Void
    ) async throws {
        let ticks = Ticks()
        try await ServedTenon.withTLS(configure, endpoints: [TickEndpoint(ticks: ticks)]) { tenon, _ in
            try await body(tenon, ticks)
        }
    }

    private static func data(_ client: HTTP2Client, _ stream: UInt32) -> String {
        let payloads = client.frames.filter { $0.type == 0 && $0.stream == stream }.map(\.payload)
        return String(decoding: payloads.joined(), as: UTF8.self)
    }

    private static func untilEnd(_ client: HTTP2Client, _ stream: UInt32) async throws {
        try await until("the end of stream \(stream)") {
            client.frames.contains { $0.type == 0 && $0.stream == stream && $0.flags & HTTP2Bytes.endStream != 0 }
        }
    }

    @Test("events come as DATA frames while the other streams of the connection are answered, and the last one ends it")
    func frames() async throws {
        try await serve(
            { settings in
                settings.limits.answer = .seconds(1)
                settings.limits.idle = .seconds(1)
            },
            { tenon, ticks in
                let client = try await HTTP2Client.connect(tenon.port)
                try await client.get("\(TickEndpoint.path)?mode=wait", stream: 1)
                #expect(try await client.status(of: 1) == 200)
                try await until { Self.data(client, 1) == "data: 1\n\n" }
                // Longer than both, for what does not happen.
                try await Task.sleep(for: .milliseconds(1500))
                try await client.get("/health/live", stream: 3)
                #expect(try await client.status(of: 3) == 200)
                ticks.note { $0.mayGoOn = true }
                try await Self.untilEnd(client, 1)
                #expect(Self.data(client, 1) == "data: 1\n\ndata: 2\n\n")
                client.close()
            })
    }

    @Test("HEAD, JSON and a problem come from the same operation")
    func otherAnswers() async throws {
        try await serve { tenon, ticks in
            let client = try await HTTP2Client.connect(tenon.port)
            let head = HTTP2Bytes.request("HEAD", "\(TickEndpoint.path)?mode=flood")
            await client.send(HTTP2Bytes.headers(head, stream: 1))
            #expect(try await client.status(of: 1) == 200)
            try await client.get("\(TickEndpoint.path)?mode=now", stream: 3)
            #expect(try await client.status(of: 3) == 200)
            try await Self.untilEnd(client, 3)
            #expect(Self.data(client, 3) == "{\"mode\":\"now\"}")
            try await client.get("\(TickEndpoint.path)?mode=refused", stream: 5)
            #expect(try await client.status(of: 5) == 422)
            #expect(ticks.now.begun == 0)
            client.close()
        }
    }

    @Test("a stream that the client resets, and all of a connection that goes away, are cancelled")
    func clientGone() async throws {
        try await serve { tenon, ticks in
            let client = try await HTTP2Client.connect(tenon.port)
            for stream in [1, 3, 5] as [UInt32] {
                try await client.get("\(TickEndpoint.path)?mode=\(stream == 5 ? "poll" : "wait")", stream: stream)
            }
            try await ticks.reach { $0.begun == 3 }
            await client.send(HTTP2Bytes.reset(1))
            try await ticks.reach { $0.cancelled == 1 }
            try await client.get("/health/live", stream: 7)
            #expect(try await client.status(of: 7) == 200)
            #expect(ticks.now.cancelled == 1)
            client.close()
            try await ticks.reach { $0.cancelled == 3 }
        }
    }

    @Test("a body that fails resets its stream, and so does a client that opens no window")
    func cutOff() async throws {
        try await serve(
            { $0.limits.answer = .milliseconds(300) },
            { tenon, ticks in
                let client = try await HTTP2Client.connect(tenon.port)
                try await client.get("\(TickEndpoint.path)?mode=cut", stream: 1)
                #expect(try await client.status(of: 1) == 200)
                try await client.untilReset(1)
                try await client.get("\(TickEndpoint.path)?mode=flood", stream: 3)
                try await client.untilReset(3)
                // The window, and one write.
                #expect(ticks.now.bytes <= 128 << 10, "\(ticks.now.bytes)")
                #expect(Self.data(client, 3).utf8.count <= 65_535)
                try await client.get("/health/live", stream: 5)
                #expect(try await client.status(of: 5) == 200)
                client.close()
            })
    }

    @Test("a service that ends has every stream end whole, and so has a connection behind its share of requests")
    func drain() async throws {
        let (clients, give) = AsyncStream.makeStream(of: HTTP2Client.self)
        try await serve { tenon, ticks in
            let client = try await HTTP2Client.connect(tenon.port)
            for stream in [1, 3] as [UInt32] { try await client.get("\(TickEndpoint.path)?mode=wait", stream: stream) }
            try await ticks.reach { $0.begun == 2 }
            give.yield(client)
        }
        give.finish()
        for await client in clients {
            for stream in [1, 3] as [UInt32] { try await Self.untilEnd(client, stream) }
            try await client.untilClosed()
        }
        try await serve(
            { $0.limits.requestsPerConnection = 2 },
            { tenon, _ in
                let client = try await HTTP2Client.connect(tenon.port)
                try await client.get("\(TickEndpoint.path)?mode=wait", stream: 1)
                #expect(try await client.status(of: 1) == 200)
                try await client.get("/health/live", stream: 3)
                #expect(try await client.status(of: 3) == 200)
                try await Self.untilEnd(client, 1)
                try await client.untilClosed()
            })
    }
}
