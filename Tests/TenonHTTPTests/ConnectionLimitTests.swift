import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// What one client, and all of them together, may hold.
@Suite struct ConnectionLimitTests {
    private static let get = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"

    /// A connection that has had an answer, so that it is counted.
    private func held(_ tenon: ServedTenon) async -> RawConnection {
        let connection = await tenon.connection()
        await connection.send(Self.get)
        #expect(await connection.receive(until: "\r\n\r\n").statuses == [200])
        return connection
    }

    private func expectLimit(_ count: Int, _ tenon: ServedTenon) async throws {
        var connections: [RawConnection] = []
        for _ in 0..<count { connections.append(await held(tenon)) }
        let oneTooMany = await tenon.exchange(Self.get)
        #expect(oneTooMany.text.isEmpty)
        #expect(oneTooMany.isClosed)
        connections.removeLast().close()
        // Each gets an answer or its end, so that nobody has to wait for silence.
        let once = Self.get.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n")
        try await until { await tenon.exchange(once).statuses == [200] }
        for connection in connections { connection.close() }
    }

    @Test("one connection more than there may be in all is closed, and freed places are taken again")
    func inAll() async throws {
        try await ServedTenon.with(
            { $0.limits.connections = 3 },
            { tenon async throws in
                try await expectLimit(3, tenon)
            })
    }

    @Test("one connection more than an address may have is closed, and freed places are taken again")
    func perAddress() async throws {
        try await ServedTenon.with(
            { $0.limits.connectionsPerAddress = 2 },
            { tenon async throws in
                try await expectLimit(2, tenon)
                try await until { (try await tenon.metric("tenon_http_connections_refused_total") ?? 0) >= 1 }
            })
    }

    @Test("a trusted proxy may have as many connections as there are")
    func trustedProxy() async throws {
        try await ServedTenon.with(
            { settings in
                settings.limits.connectionsPerAddress = 2
                settings.policies.trustedProxies = [IPNetwork("127.0.0.0/8")].compactMap { $0 }
            },
            { tenon async throws in
                var connections: [RawConnection] = []
                for _ in 0..<5 { connections.append(await held(tenon)) }
                for connection in connections { connection.close() }
            })
    }

    @Test("bodies beyond what may be held at one time are 503, and the bytes are given back with the body")
    func bodies() async throws {
        try await ServedTenon.with(
            // Of one address at most a 64th: one of the bodies and a page of metrics, but not two bodies, less what each
            // connection may hold.
            { $0.limits.memory = 64 * 15_000 },
            { tenon async throws in
                let head = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                let half = head + "Content-Length: 15000\r\n\r\n" + String(repeating: " ", count: 12_000)
                let first = await tenon.connection()
                await first.send(half)
                try await until { try await tenon.metric("tenon_http_memory_bytes") == 7904 }
                let refused = await tenon.exchange(half)
                #expect(refused.statuses == [503])
                #expect(refused.code == "memory_exhausted")
                #expect(refused.field("retry-after") == "1")
                #expect(refused.isClosed)
                #expect(try await tenon.metric("tenon_http_memory_bytes") == 7904)
                await first.send(String(repeating: " ", count: 3000))
                #expect(await first.receive(until: "}").statuses == [400])
                #expect(try await tenon.metric("tenon_http_memory_bytes") == 0)
                await first.send(half)
                try await until { try await tenon.metric("tenon_http_memory_bytes") == 7904 }
                first.close()
                try await until { try await tenon.metric("tenon_http_memory_bytes") == 0 }
            })
    }

    @Test("compressed bodies are refused before they are read")
    func compressed() async throws {
        try await ServedTenon.with { tenon async throws in
            for coding in ["gzip", "br", "identity, gzip", "x-gzip"] {
                let received = await tenon.exchange(
                    "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
                        + "Content-Encoding: \(coding)\r\nContent-Length: 4\r\n\r\n\u{1F}\u{0B}\u{08}\u{00}")
                #expect(received.statuses == [415], "\(coding)")
                #expect(received.code == "unsupported_media_type")
            }
        }
    }
}
