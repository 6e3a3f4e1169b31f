import TenonCrypto
import TenonDomain
import TenonMemory
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// How streams and requests that wait come to their end, and what they cost the others.
@Suite struct StreamEndTests {
    @Test("a client that goes away, or ends its side, ends the stream's task, and that of a request that waits")
    func clientGone() async throws {
        try await ServedTenon.withTicks { tenon, ticks in
            var expected = 0
            for mode in ["wait", "poll"] {
                for isClosing in [true, false] {
                    let connection = await tenon.watch(mode)
                    try await ticks.reach { $0.begun == expected + 1 }
                    if isClosing { connection.close() } else { connection.finishSending() }
                    expected += 1
                    try await ticks.reach { $0.cancelled == expected }
                    try await tenon.reachWatchers(0)
                    if !isClosing { connection.close() }
                }
            }
        }
    }

    @Test("a client that reads nothing holds little, and is closed when it took nothing for the time of an answer")
    func neverReading() async throws {
        try await ServedTenon.withTicks { settings in
            settings.limits.answer = .milliseconds(500)
        } _: { tenon, ticks in
            let connection = await tenon.watch("flood", receiveBuffer: 4096)
            try await ticks.reach { $0.ended == 1 }
            // One write, and what the kernel has for the client.
            #expect(ticks.now.bytes <= 64 << 10, "\(ticks.now.bytes)")
            try await until { try await tenon.metric("tenon_http_connections") == 1 }
            try await tenon.reachWatchers(0)
            connection.close()
        }
    }

    @Test("a client that takes its time gets it all, however long that is, as long as it goes on")
    func slowReader() async throws {
        try await ServedTenon.withTicks { settings in
            settings.limits.answer = .seconds(1)
        } _: { tenon, ticks in
            let connection = await tenon.watch("large", receiveBuffer: 16 << 10)
            // A few hundred kilobytes in more than two deadlines, and then the rest.
            var received = await connection.receive(upTo: 4 << 10, every: .milliseconds(20), for: .milliseconds(2200))
            #expect(ticks.now.begun == 1)
            #expect(ticks.now.ended == 0)
            let end = Array("\r\n0\r\n\r\n".utf8)
            while received.suffix(end.count) != end[...] {
                let more = await connection.receive(upTo: 64 << 10)
                guard !more.isEmpty else { break }
                received += more
            }
            #expect(received.suffix(end.count) == end[...])
            #expect(received.count > 2 << 20)
            connection.close()
        }
    }

    @Test("a service that ends has every stream end whole, and every request that waits answer")
    func drain() async throws {
        for (mode, end) in [("wait", "0\r\n\r\n"), ("poll", "{\"mode\":\"poll\"}")] {
            let (connections, give) = AsyncStream.makeStream(of: RawConnection.self)
            try await ServedTenon.withTicks { tenon, ticks in
                for _ in 0..<3 { give.yield(await tenon.watch(mode)) }
                try await ticks.reach { $0.begun == 3 }
            }
            give.finish()
            for await connection in connections {
                let received = await connection.receive()
                #expect(received.statuses == [200])
                #expect(received.text.hasSuffix(end), "\(received.text)")
                #expect(received.isClosed)
                connection.close()
            }
        }
    }

    @Test("more streams than requests may run hold nobody up")
    func noPlace() async throws {
        try await ServedTenon.withTicks { settings in
            settings.admission = AdmissionLimits(running: 2, waiting: 0)
        } _: { tenon, ticks in
            var connections: [RawConnection] = []
            for mode in ["wait", "poll"] {
                for _ in 0..<10 { connections.append(await tenon.watch(mode)) }
            }
            try await ticks.reach { $0.begun == 20 }
            try await tenon.reachWatchers(20)
            for _ in 0..<10 {
                #expect(try await tenon.send("POST", "/v1/auth/login", body: "{}").status == 422)
            }
            for connection in connections { connection.close() }
            try await tenon.reachWatchers(0)
        }
    }

    @Test("watchers beyond the limit are told when to try again; one tenant has three quarters of it")
    func limit() async throws {
        try await ServedTenon.withTicks { settings in
            settings.admission.watchers = 4
        } _: { tenon, ticks in
            let tenants = [try tenon.token([.owner]), try tenon.token([.owner])]
            var connections: [RawConnection] = []
            for (index, status) in [(0, 200), (0, 200), (0, 200), (0, 503), (1, 200), (1, 503)] {
                let connection = await tenon.connection()
                await connection.send(
                    "GET /v1/private-ticks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(tenants[index])\r\n\r\n")
                let received = await connection.receive(until: status == 200 ? "data: 1" : "\"request_id\"")
                #expect(received.statuses == [status])
                if status == 503 {
                    #expect(received.code == "overloaded")
                    #expect(received.field("retry-after") == "1")
                }
                connections.append(connection)
            }
            for connection in connections { connection.close() }
            try await tenon.reachWatchers(0)
        }
    }

    @Test("a stream sees that its token was revoked, and that it expired")
    func credentials() async throws {
        try await ServedTenon.withTicks { tenon, ticks in
            // The shortest life that is long enough to begin with, however slow the machine is.
            for lives in [[.seconds(60)], [.seconds(2), .seconds(8), .seconds(30)]] as [[Duration]] {
                var (connection, token) = (await tenon.connection(), "")
                for life in lives {
                    token = try tenon.token([.owner], life: life)
                    connection.close()
                    connection = await tenon.connection()
                    await connection.send(
                        "GET /v1/private-ticks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n")
                    if await connection.receive(until: "data: 1").statuses == [200] { break }
                }
                if lives.count == 1 {
                    let session = try tenon.signer.verify(token, at: SystemClock().now()).session
                    tenon.signer.revoke(
                        AccessChange(id: tenon.ids.next(), .session(session)), at: SystemClock().now())
                }
                let rest = await connection.receive(until: "0\r\n\r\n")
                #expect(rest.text.hasSuffix("data: 2\n\n\r\n0\r\n\r\n"))
                connection.close()
            }
            #expect(ticks.now.cancelled == 0)
        }
    }
}
