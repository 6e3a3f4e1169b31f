import Testing

/// What two servers on one way could read as different requests is refused, and nothing behind it is read.
@Suite struct SmugglingTests {
    private static let smuggled = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let post = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    /// Every one gets a single 400, then the end.
    private func expectRefused(_ requests: [String]) async throws {
        try await ServedTenon.with { tenon in
            for request in requests {
                let received = await tenon.exchange(request + Self.smuggled)
                #expect(received.statuses == [400], "\(request.debugDescription): \(received.text.prefix(200))")
                #expect(received.code == "malformed_request", "\(request.debugDescription)")
                #expect(received.isClosed, "\(request.debugDescription)")
                #expect(received.field("connection") == "close")
            }
        }
    }

    @Test("a body with two framings, or one that is not understood, is refused")
    func framing() async throws {
        try await expectRefused(
            [
                "Content-Length: 4\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 4",
                "Content-Length: 4\r\nContent-Length: 4", "Content-Length: 4\r\nContent-Length: 5",
                "Content-Length: 4, 4", "Content-Length: +4", "Content-Length: -4", "Content-Length: 0x4",
                "Content-Length: 4 4", "Content-Length:", "Content-Length: 99999999999999999999",
                "Content-Length: 18446744073709551620", "Content-Length: 4;", "Content-Length: ４",
                "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked;q=1", "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding:", "Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked",
                "Transfer-Encoding:\r\n chunked", "Transfer-Encoding: \u{0B}chunked", "Content-Length : 4",
                "Content-Length: 4\r\n Transfer-Encoding: chunked",
            ].map { Self.post + $0 + "\r\n\r\n0\r\n\r\n" })
    }

    @Test("Transfer-Encoding is refused in HTTP/1.0")
    func olderVersion() async throws {
        try await expectRefused([
            "POST /v1/auth/login HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ])
    }

    @Test("lines that end in LF or CR alone, folded fields and control characters are refused")
    func lines() async throws {
        try await expectRefused(
            [
                "\nHost: x\r\n\r\n", "\r\nHost: x\n\r\n", "\r\nHost: x\r\n\n", "\r\rHost: x\r\n\r\n",
                "\r\nHost: x\r\r\n\r\n", "\r\nHost: x\r\nX-A: b\rX-C: d\r\n\r\n", "\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n",
                "\r\nHost: x\r\nX-A: b\r\n\tc\r\n\r\n", "\r\n Host: x\r\n\r\n", "\r\nHost: x\r\nX-A: b\u{0}c\r\n\r\n",
                "\r\nHost: x\r\nX-A: b\u{7F}\r\n\r\n", "\r\nHost: x\r\nX-A : b\r\n\r\n", "\r\nHost: x\r\n: b\r\n\r\n",
                "\r\nHost: x\r\nX-A\r\n\r\n", "\r\nHost: x\r\nX A: b\r\n\r\n", "\r\nHost: x\r\nX-Ä: b\r\n\r\n",
                "\r\nHost: x\r\nX\u{0}A: b\r\n\r\n", "\r\nHost: x\r\nX(A): b\r\n\r\n",
            ].map { "GET /health/live HTTP/1.1" + $0 })
    }

    @Test("a request line is method, target and a known version with one space between")
    func requestLine() async throws {
        try await expectRefused(
            [
                "GET  /health HTTP/1.1", "GET /health  HTTP/1.1", "GET /health HTTP/1.1 ", " GET /health HTTP/1.1",
                "GET\t/health HTTP/1.1", "GET /health\tHTTP/1.1", "GET /health", "GET /health HTTP/0.9",
                "GET /health HTTP/2.0", "GET /health HTTP/1.10", "GET /health HTTP/1.2", "GET /health HTTP/01.1",
                "GET /health http/1.1", "GET /health HTTP/1.1x", "GET /health RTSP/1.0", "SOURCE /health ICE/1.0",
                "GET /hea lth HTTP/1.1", "GET  HTTP/1.1", "GET /health\u{0} HTTP/1.1", "GE(T /health HTTP/1.1",
                "\u{16}\u{03}\u{01}", "\r\n\r\nGET /health HTTP/1.1", "\nGET /health HTTP/1.1",
                "PRI * HTTP/2.0\r\n\r\nSM",
            ].map { $0 + "\r\nHost: x\r\n\r\n" })
    }

    @Test("chunks whose sizes are not plain hexadecimal numbers are refused")
    func chunks() async throws {
        try await expectRefused(
            [
                "+4\r\naaaa", "-4\r\naaaa", " 4\r\naaaa", "4 \r\naaaa", "0x4\r\naaaa", "g\r\n", "\r\n", "4\naaaa",
                "4\r\naaaaa", "4\r\naaaa\n", "4\r\naaaa\r", "FFFFFFFFFFFFFFFF\r\n", "10000000000000000\r\n",
                String(repeating: "0", count: 4096) + "4\r\naaaa", "4;a=\nb\r\naaaa", "4;a=\rb\r\naaaa",
                "4;" + String(repeating: "a", count: 4096) + "\r\naaaa", "4 ;a\r\naaaa", "0\r\nX-A : b\r\n",
                "0\r\n b\r\n",
            ].map { Self.post + "Transfer-Encoding: chunked\r\n\r\n" + $0 + "\r\n0\r\n\r\n" })
    }

    @Test("chunk extensions, trailers and upper-case sizes are read over, and the next request is its own")
    func wellFormedChunks() async throws {
        try await ServedTenon.with { tenon in
            let body = #"{"email":"a"}"#
            let chunks = "A;a=b;c=\"d e\"\r\n\(body.prefix(10))\r\n003\r\n\(body.dropFirst(10))\r\n0\r\nX-A: b\r\n\r\n"
            let received = await tenon.exchange(
                Self.post + "Transfer-Encoding: Chunked\r\n\r\n" + chunks
                    + "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(received.statuses == [422, 200])
        }
    }

    @Test("a body behind a GET is no request of its own")
    func bodyBehindGet() async throws {
        try await ServedTenon.with { tenon in
            let inner = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
            let length = "Content-Length: \(inner.utf8.count)"
            for (target, status) in [("/health/live", 413), ("/nowhere", 404)] {
                let received = await tenon.exchange(
                    "GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(length)\r\n\r\n\(inner)")
                #expect(received.statuses == [status])
                #expect(received.isClosed)
            }
        }
    }

    @Test("what stands before a malformed request is answered first")
    func order() async throws {
        try await ServedTenon.with { tenon in
            let received = await tenon.exchange(
                Self.smuggled + Self.smuggled + "GET  / HTTP/1.1\r\n\r\n" + Self.smuggled)
            #expect(received.statuses == [200, 200, 400])
            #expect(received.isClosed)
        }
    }

    @Test("an offer to upgrade is not taken, and the connection goes on in HTTP/1.1")
    func upgrade() async throws {
        try await ServedTenon.with { tenon in
            let upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
            let received = await tenon.exchange(
                "GET /health/live HTTP/1.1\r\nHost: x\r\n\(upgrade)\r\n"
                    + "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(received.statuses == [200, 200])
        }
    }
}
