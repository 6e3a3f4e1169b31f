import Foundation
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Connections of well-behaved clients that use all that HTTP/1.1 offers.
@Suite struct ExchangeTests {
    private static let get = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let last = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    private static let login = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    @Test("a client that ends its side behind the request gets its answer, and all of them where it asked more")
    func halfClosed() async throws {
        try await ServedTenon.with { tenon in
            for count in [1, 3, 300] {
                let connection = await tenon.connection()
                await connection.send(String(repeating: Self.get, count: count))
                connection.finishSending()
                let received = await connection.receive()
                #expect(received.statuses == [Int](repeating: 200, count: count))
                #expect(received.isClosed)
                connection.close()
            }
            for cut in ["GET /health", Self.login + "Content-Length: 10\r\n\r\n{"] {
                let connection = await tenon.connection()
                await connection.send(cut)
                connection.finishSending()
                let received = await connection.receive()
                #expect(received.statuses == [400])
                #expect(received.isClosed)
                connection.close()
            }
        }
    }

    @Test("a thousand requests in one write are answered in order")
    func pipelining() async throws {
        try await ServedTenon.with { tenon in
            let post = Self.login + "Content-Length: 2\r\n\r\n{}"
            let chunked = Self.login + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
            let kinds = [
                (Self.get, 200), ("GET /v1/auth/me HTTP/1.1\r\nHost: x\r\n\r\n", 401), (post, 422), (chunked, 422),
                ("GET /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 404),
            ]
            let requests = (0..<1000).map { kinds[$0 % kinds.count] }
            let received = await tenon.exchange(requests.map(\.0).joined() + Self.last, within: .seconds(20))
            #expect(received.statuses == requests.map(\.1) + [200])
            #expect(received.isClosed)
        }
    }

    @Test("a connection ends behind its share of requests and says so")
    func requestsPerConnection() async throws {
        try await ServedTenon.with(
            { $0.limits.requestsPerConnection = 3 },
            { tenon in
                let received = await tenon.exchange(String(repeating: Self.get, count: 50))
                #expect(received.statuses == [200, 200, 200])
                #expect(received.text.ranges(of: "Connection: close").count == 1)
                #expect(received.isClosed)
            })
    }

    @Test("a client that asks whether to send its body is told to, or gets the final answer at once")
    func expectContinue() async throws {
        try await ServedTenon.with { tenon in
            let body = #"{"email":"a@b.c","password":"SecurePassword123"}"#
            let expecting = "Expect: 100-continue\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            let connection = await tenon.connection()
            await connection.send(Self.login + expecting)
            let told = await connection.receive(until: "\r\n\r\n")
            #expect(told.text == "HTTP/1.1 100 Continue\r\n\r\n")
            await connection.send(body)
            #expect(await connection.receive().statuses == [401])
            connection.close()

            for (head, status) in [
                ("POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n", 415),
                ("POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n", 401),
                ("POST /nowhere HTTP/1.1\r\nHost: x\r\n", 404),
            ] {
                let refused = await tenon.exchange(head + expecting)
                #expect(refused.statuses == [status])
                #expect(refused.field("connection") == "close")
                #expect(refused.isClosed)
            }
            let older = Self.login.replacing("HTTP/1.1", with: "HTTP/1.0")
            #expect(await tenon.exchange(older + expecting + body).statuses == [401])
        }
    }

    @Test("HEAD has the fields of GET and no body")
    func head() async throws {
        try await ServedTenon.with { tenon in
            for path in ["/health/live", "/openapi.json", "/nowhere", "/v1/auth/me"] {
                let whole = await tenon.exchange("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                let head = await tenon.exchange("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n" + Self.last)
                #expect(head.statuses == whole.statuses + [200])
                #expect(head.text.components(separatedBy: "\r\n\r\n")[1].hasPrefix("HTTP/1.1 200 OK"))
                #expect(head.field("etag") == whole.field("etag"))
                if path != "/v1/auth/me" { #expect(head.field("content-type") == whole.field("content-type")) }
                #expect(head.field("content-length") != nil)
            }
        }
    }

    @Test("HTTP/1.0 ends behind each answer unless it asks to be kept")
    func olderVersion() async throws {
        try await ServedTenon.with { tenon in
            let get = "GET /health/live HTTP/1.0\r\n"
            let once = await tenon.exchange(get + "\r\n" + get + "\r\n")
            #expect(once.statuses == [200])
            #expect(once.isClosed)
            let kept = await tenon.exchange(get + "Connection: Keep-Alive\r\n\r\n" + get + "\r\n")
            #expect(kept.statuses == [200, 200])
            #expect(kept.field("connection") == "keep-alive")
            #expect(kept.isClosed)
        }
    }

    @Test("one empty line before a request is read over")
    func emptyLine() async throws {
        try await ServedTenon.with { tenon in
            #expect(await tenon.exchange("\r\n" + Self.get + "\r\n" + Self.last).statuses == [200, 200])
        }
    }

    @Test("a request that comes in pieces of any size is the same request")
    func pieces() async throws {
        try await ServedTenon.with { tenon in
            let chunked = Self.login + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
            let bytes = Array((chunked + Self.login + "Content-Length: 2\r\n\r\n{}" + Self.last).utf8)
            for size in [1, 7, 61] {
                let connection = await tenon.connection()
                for start in stride(from: 0, to: bytes.count, by: size) {
                    await connection.send(Array(bytes[start..<min(start + size, bytes.count)]))
                }
                #expect(await connection.receive().statuses == [422, 422, 200])
                connection.close()
            }
        }
    }
}
