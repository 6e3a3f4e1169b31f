import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// One stream that goes wrong, and the others of its connection.
@Suite struct HTTP2StreamTests {
    private static let json = ("content-type", "application/json")

    private func serve(
        _ configure: (inout HTTPServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (ServedTenon) async throws -> Void
    ) async throws {
        try await ServedTenon.withTLS(configure) { tenon, _ in try await body(tenon) }
    }

    private func post(_ stream: UInt32, _ fields: [(String, String)] = []) -> [UInt8] {
        HTTP2Bytes.headers(
            HTTP2Bytes.request("POST", "/v1/auth/login", [Self.json] + fields), stream: stream,
            flags: HTTP2Bytes.endHeaders)
    }

    @Test("a hundred streams at one time are answered, and one too many ends the connection")
    func concurrency() async throws {
        try await serve(
            { $0.admission.patience = .seconds(5) },
            { tenon in
                for count in [100, 101] {
                    let client = try await HTTP2Client.connect(tenon.port)
                    let streams = (0..<count).map { UInt32($0 * 2 + 1) }
                    // The limit holds from the moment on that the client knows it.
                    try await until { client.frames.contains { $0.type == 4 && $0.flags == 0 } }
                    await client.send(HTTP2Bytes.frame(4, flags: 1))
                    for stream in streams { await client.send(post(stream)) }
                    if count == 101 {
                        try await client.untilClosed()
                        #expect(client.frames.contains { $0.type == 7 })
                        continue
                    }
                    for stream in streams {
                        let end = HTTP2Bytes.endStream
                        await client.send(HTTP2Bytes.data(Array("{}".utf8), stream: stream, flags: end))
                    }
                    for stream in streams { #expect(try await client.status(of: stream) == 422) }
                    client.close()
                }
            })
    }

    @Test("a body beyond the limit is 413, announced or not, and the next stream is answered")
    func largeBody() async throws {
        try await serve(
            { $0.limits.memory = 20_000 },
            { tenon in
                let client = try await HTTP2Client.connect(tenon.port)
                await client.send(post(1, [("content-length", "2000000")]))
                #expect(try await client.status(of: 1) == 413)
                try await client.untilReset(1)
                await client.send(post(3))
                for _ in 0..<2 {
                    await client.send(HTTP2Bytes.data([UInt8](repeating: 0x20, count: 15_000), stream: 3))
                }
                #expect(try await client.status(of: 3) == 503)
                let get = HTTP2Bytes.request("GET", "/health/live")
                await client.send(
                    HTTP2Bytes.headers(get, stream: 5, flags: HTTP2Bytes.endHeaders)
                        + HTTP2Bytes.data([1], stream: 5, flags: HTTP2Bytes.endStream))
                #expect(try await client.status(of: 5) == 413)
                try await client.get("/health/live", stream: 7)
                #expect(try await client.status(of: 7) == 200)
                client.close()
            })
    }

    @Test("heads that are not HTTP/2 get no answer")
    func malformedHeads() async throws {
        try await serve { tenon in
            let whole = HTTP2Bytes.request("GET", "/health/live")
            let heads: [(String, [(String, String)])] =
                whole.indices.map { index in
                    ("without \(whole[index].0)", whole.enumerated().filter { $0.offset != index }.map(\.element))
                }
                + whole.map { field in ("twice \(field.0)", [field] + whole) } + [
                    ("upper case", whole + [("X-A", "b")]), ("connection", whole + [("connection", "close")]),
                    ("keep-alive", whole + [("keep-alive", "1")]), ("upgrade", whole + [("upgrade", "h2c")]),
                    ("transfer-encoding", whole + [("transfer-encoding", "chunked")]), ("te", whole + [("te", "gzip")]),
                    ("unknown pseudo", whole + [(":x", "y")]), ("late pseudo", [("x", "y")] + whole),
                    ("a line break", whole + [("x", "a\r\nb: c")]), ("NUL", whole + [("x", "a\u{0}b")]),
                    ("a space in the name", whole + [("x y", "a")]), ("an empty name", whole + [("", "a")]),
                    ("an empty path", [(":path", "")] + whole.dropLast()),
                    ("a length without a body", whole + [("content-length", "5")]),
                ]
            for (name, head) in heads {
                let client = try await HTTP2Client.connect(tenon.port)
                await client.send(HTTP2Bytes.headers(head, stream: 1))
                let status = try await client.status(of: 1)
                #expect(status == nil || status == 400, "\(name): \(status ?? 0)")
                if status == nil { try await client.untilReset(1) }
                client.close()
            }
        }
    }

    @Test("a Host field that names another host than :authority is refused")
    func twoHosts() async throws {
        try await serve { tenon in
            let client = try await HTTP2Client.connect(tenon.port)
            let get = HTTP2Bytes.request("GET", "/health/live", [("host", "y")])
            await client.send(HTTP2Bytes.headers(get, stream: 1))
            #expect(try await client.status(of: 1) == 400)
            let same = HTTP2Bytes.request("GET", "/health/live", [("host", "X")])
            await client.send(HTTP2Bytes.headers(same, stream: 3))
            #expect(try await client.status(of: 3) == 200)
            client.close()
        }
    }

    @Test("a stream that asks whether to send its body gets its refusal at once")
    func expectContinue() async throws {
        try await serve { tenon in
            let client = try await HTTP2Client.connect(tenon.port)
            let head = HTTP2Bytes.request("POST", "/v1/auth/login", [("expect", "100-continue")])
            await client.send(HTTP2Bytes.headers(head, stream: 1, flags: HTTP2Bytes.endHeaders))
            #expect(try await client.status(of: 1) == 415)
            client.close()
        }
    }

    @Test("a body that does not end is 408 at its deadline, and the other streams go on")
    func slowBody() async throws {
        try await serve(
            { $0.limits.body = .milliseconds(300) },
            { tenon in
                let client = try await HTTP2Client.connect(tenon.port)
                await client.send(post(1) + HTTP2Bytes.data([0x7B], stream: 1))
                try await client.get("/health/live", stream: 3)
                #expect(try await client.status(of: 3) == 200)
                #expect(try await client.status(of: 1) == 408)
                try await client.untilReset(1)
                try await client.get("/health/live", stream: 5)
                #expect(try await client.status(of: 5) == 200)
                client.close()
            })
    }

    @Test("a client that opens no window for its answer is given up")
    func noWindow() async throws {
        try await serve(
            { limits in
                limits.limits.answer = .milliseconds(300)
                limits.limits.idle = .milliseconds(300)
            },
            { tenon in
                let client = try await HTTP2Client.connect(tenon.port, sayingHello: false)
                // SETTINGS_INITIAL_WINDOW_SIZE is zero.
                await client.send(
                    Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + HTTP2Bytes.frame(4, [0, 4, 0, 0, 0, 0]))
                try await client.get("/openapi.json", stream: 1)
                #expect(try await client.status(of: 1) == 200)
                try await client.untilReset(1)
                try await client.untilClosed()
            })
    }

    @Test("a connection ends behind its share of requests")
    func requestsPerConnection() async throws {
        try await serve(
            { $0.limits.requestsPerConnection = 3 },
            { tenon in
                let client = try await HTTP2Client.connect(tenon.port)
                for stream in [1, 3, 5, 7] as [UInt32] { try await client.get("/health/live", stream: stream) }
                for stream in [1, 3, 5] as [UInt32] { #expect(try await client.status(of: stream) == 200) }
                try await client.untilClosed()
                #expect(try await client.status(of: 7) == nil)
            })
    }
}
