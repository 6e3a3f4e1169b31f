import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// HTTP/2 clients that mean no good.
@Suite struct HTTP2AttackTests {
    private static let json = ("content-type", "application/json")

    private func serve(
        _ configure: (inout HTTPServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (ServedTenon) async throws -> Void
    ) async throws {
        try await ServedTenon.withTLS(configure) { tenon, _ in
            try await body(tenon)
            // Whatever was done, the others are served.
            let other = try await HTTP2Client.connect(tenon.port)
            try await other.get("/health/live", stream: 1)
            #expect(try await other.status(of: 1) == 200)
            other.close()
        }
    }

    private func expectClosed(_ tenon: ServedTenon, behind bytes: [[UInt8]]) async throws {
        let client = try await HTTP2Client.connect(tenon.port)
        for some in bytes { guard await client.send(some) else { break } }
        try await client.untilClosed()
        client.close()
    }

    @Test("streams that are opened and reset by the thousand end the connection")
    func rapidReset() async throws {
        try await serve { tenon in
            let streams = (0..<5000).map { UInt32($0 * 2 + 1) }
            let attack = streams.map { stream in
                HTTP2Bytes.headers(HTTP2Bytes.request("GET", "/v1/auth/me"), stream: stream) + HTTP2Bytes.reset(stream)
            }
            try await expectClosed(tenon, behind: attack)
        }
    }

    @Test("a head in endless CONTINUATION frames ends the connection")
    func continuations() async throws {
        try await serve { tenon in
            let start = HTTP2Bytes.headers(HTTP2Bytes.request("GET", "/"), stream: 1, flags: HTTP2Bytes.endStream)
            let more = HTTP2Bytes.frame(9, stream: 1, HTTP2Bytes.block([("x", "y")]))
            let empty = HTTP2Bytes.frame(9, stream: 1)
            try await expectClosed(tenon, behind: [start] + [[UInt8]](repeating: more, count: 1000))
            try await expectClosed(tenon, behind: [start] + [[UInt8]](repeating: empty, count: 1000))
        }
    }

    @Test("more header fields than are taken get no answer of the service")
    func headerLists() async throws {
        try await serve { tenon in
            let long = String(repeating: "a", count: 12_000)
            let big = HTTP2Bytes.block(HTTP2Bytes.request("GET", "/health/live", (0..<4).map { ("x-\($0)", long) }))
            let pieces = [
                HTTP2Bytes.frame(1, flags: HTTP2Bytes.endStream, stream: 1, Array(big[..<16_000])),
                HTTP2Bytes.frame(9, stream: 1, Array(big[16_000..<32_000])),
                HTTP2Bytes.frame(9, flags: HTTP2Bytes.endHeaders, stream: 1, Array(big[32_000...])),
            ]
            let client = try await HTTP2Client.connect(tenon.port)
            await client.send(pieces.flatMap { $0 })
            #expect(try await client.status(of: 1) != 200)
            client.close()

            // One entry of the table, named a thousand times (RFC 7541 §6.1, §6.2.1).
            let entry = [0x40] + HTTP2Bytes.block([("x", String(repeating: "b", count: 3000))]).dropFirst()
            let bomb = HTTP2Bytes.block(HTTP2Bytes.request("GET", "/health/live")) + entry
            let packed = HTTP2Bytes.frame(
                1, flags: HTTP2Bytes.endStream | HTTP2Bytes.endHeaders, stream: 1,
                bomb + [UInt8](repeating: 0xBE, count: 1000))
            let bomber = try await HTTP2Client.connect(tenon.port)
            await bomber.send(packed)
            #expect(try await bomber.status(of: 1) != 200)
            bomber.close()

            let client3 = try await HTTP2Client.connect(tenon.port)
            let many = (0..<101).map { ("x-\($0)", "a") }
            await client3.send(HTTP2Bytes.headers(HTTP2Bytes.request("GET", "/health/live", many), stream: 1))
            #expect(try await client3.status(of: 1) == 431)
            client3.close()
        }
    }

    @Test("floods of SETTINGS, PING, PRIORITY and empty DATA frames end the connection")
    func floods() async throws {
        try await serve { tenon in
            let open = HTTP2Bytes.headers(
                HTTP2Bytes.request("POST", "/v1/auth/login", [Self.json]), stream: 1, flags: HTTP2Bytes.endHeaders)
            for frame in [
                HTTP2Bytes.frame(4), HTTP2Bytes.frame(6, [UInt8](repeating: 0, count: 8)),
                HTTP2Bytes.frame(2, stream: 3, [0, 0, 0, 0, 1]), HTTP2Bytes.data([], stream: 1),
            ] {
                let flood = [UInt8]((0..<100).flatMap { _ in frame })
                try await expectClosed(tenon, behind: [open] + [[UInt8]](repeating: flood, count: 50))
            }
        }
    }

    @Test("what is not HTTP/2, and silence, end the connection")
    func noHello() async throws {
        try await serve(
            { $0.limits.idle = .milliseconds(300) },
            { tenon in
                for bytes: [UInt8] in [
                    [], Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), [UInt8](repeating: 0, count: 99),
                ] {
                    let client = try await HTTP2Client.connect(tenon.port, sayingHello: false)
                    await client.send(bytes)
                    try await client.untilClosed()
                }
                // The answer is read, and then nothing is said any more, not even to a PING.
                let client = try await HTTP2Client.connect(tenon.port)
                try await client.get("/health/live", stream: 1)
                #expect(try await client.status(of: 1) == 200)
                try await client.untilClosed()
                #expect(client.frames.contains { $0.type == 7 })
                let halfHead = HTTP2Bytes.headers(
                    HTTP2Bytes.request("GET", "/"), stream: 1, flags: HTTP2Bytes.endStream)
                try await expectClosed(tenon, behind: [halfHead])
            })
    }
}
