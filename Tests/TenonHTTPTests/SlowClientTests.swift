import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Clients that take their time, with words or with reading.
@Suite struct SlowClientTests {
    private static let head = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    @Test("a head that comes byte by byte is answered 408 at its deadline and closed")
    func head() async throws {
        try await ServedTenon.with(
            { $0.limits.head = .milliseconds(300) },
            { tenon in
                try await expectTimeout(tenon, Self.head + String(repeating: "X-A: b\r\n", count: 100))
            })
    }

    @Test("a body that comes byte by byte is answered 408 at its deadline and closed")
    func body() async throws {
        try await ServedTenon.with(
            { $0.limits.body = .milliseconds(300) },
            { tenon in
                let body = "Content-Length: 10000\r\n\r\n" + String(repeating: " ", count: 200)
                try await expectTimeout(tenon, behind: Self.head + body, String(repeating: " ", count: 200))
                let chunked = "Transfer-Encoding: chunked\r\n\r\n"
                try await expectTimeout(tenon, behind: Self.head + chunked, String(repeating: "1\r\n \r\n", count: 40))
                let unwanted = "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n"
                try await expectTimeout(tenon, behind: unwanted, String(repeating: " ", count: 200))
                try await until { try await tenon.metric("tenon_http_memory_bytes") == 0 }
            })
    }

    private func expectTimeout(_ tenon: ServedTenon, behind start: String = "", _ text: String) async throws {
        let connection = await tenon.connection()
        let begun = ContinuousClock.now
        await connection.send(start)
        async let trickled: Void = connection.trickle(text, every: .milliseconds(50))
        let received = await connection.receive()
        let took = ContinuousClock.now - begun
        #expect(received.statuses == [408])
        #expect(received.code == "request_timed_out")
        #expect(received.field("connection") == "close")
        #expect(received.isClosed)
        #expect(took >= .milliseconds(300), "\(took)")
        connection.close()
        await trickled
    }

    @Test("the rest of a head has the head's deadline also behind another request")
    func headBehindRequest() async throws {
        try await ServedTenon.with(
            { $0.limits.head = .milliseconds(300) },
            { tenon in
                let received = await tenon.exchange("GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /hea")
                #expect(received.statuses == [200, 408])
                #expect(received.isClosed)
            })
    }

    @Test("a connection on which nothing is asked is closed, before the first request and behind one")
    func idle() async throws {
        try await ServedTenon.with(
            { $0.limits.idle = .milliseconds(300) },
            { tenon in
                let begun = ContinuousClock.now
                let silent = await tenon.exchange("")
                #expect(silent.isClosed)
                #expect(silent.text.isEmpty)
                #expect(ContinuousClock.now - begun >= .milliseconds(250))
                let once = await tenon.exchange("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(once.statuses == [200])
                #expect(once.isClosed)
                #expect(once.field("connection") == nil)
            })
    }

    @Test("a client that does not read its answers is closed")
    func neverReading() async throws {
        try await ServedTenon.with(
            { $0.limits.answer = .milliseconds(300) },
            { tenon in
                let connection = await tenon.connection(receiveBuffer: 4096)
                let count = 400
                await connection.send(
                    String(repeating: "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n", count: count))
                try await until { try await tenon.metric("tenon_http_connections") == 1 }
                let received = await connection.receive()
                #expect(received.isClosed)
                #expect(received.statuses.count < count)
                connection.close()
            })
    }
}
