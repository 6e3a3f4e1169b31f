import FoundationEssentials
import NIOCore
import NIOEmbedded
import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// An answer of as many bytes as the query says.
private struct LargeEndpoint: Endpoint {
    static let operation = Operation(
        "getLarge", .get, "/large", tag: "Test", summary: "L", description: "L.", access: .authenticated,
        query: [QueryParameter("bytes", "How many.", schema: ["type": "integer"])])

    struct Reply: TextRepresentation {
        let text: String

        static var mediaTypes: [String] { ["text/plain"] }
        static var exampleJSON: JSONValue { "a" }
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        let count = try request.query.integer("bytes", in: 0...(64 << 20)) ?? 0
        return Answer(Reply(text: String(repeating: "a", count: count)))
    }
}

/// Takes a body of up to 32 MiB.
private struct TakeEndpoint: Endpoint {
    static let operation = Operation(
        "takeLarge", .post, "/large", tag: "Test", summary: "L", description: "L.", access: .authenticated,
        bodyLimit: 32 << 20)

    struct Body: TextBody {
        let bytes: [UInt8]

        static var media: [MediaDescription] {
            [MediaDescription("text/plain", schema: ["type": "string"], example: "a")]
        }
        init(bytes: [UInt8], mediaType: String) { self.bytes = bytes }
    }

    struct Reply: ReplyBody {
        let count: Int

        func write(to fields: inout FieldWriter) { fields.field("count", Int64(count)) }
        static var example: Reply { Reply(count: 1) }
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<Reply> {
        Answer(Reply(count: request.body.bytes.count))
    }
}

/// Clients that want the service's memory to themselves.
@Suite struct MemoryAttackTests {
    private static let endpoints: [any Endpoint] = [LargeEndpoint(), TakeEndpoint()]

    /// SETTINGS_INITIAL_WINDOW_SIZE is zero.
    private func connectWithoutWindow(_ tenon: ServedTenon) async throws -> HTTP2Client {
        let client = try await HTTP2Client.connect(tenon.port, sayingHello: false)
        await client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + HTTP2Bytes.frame(4, [0, 4, 0, 0, 0, 0]))
        return client
    }

    private func get(_ path: String, _ stream: UInt32, _ token: String) -> [UInt8] {
        HTTP2Bytes.headers(HTTP2Bytes.request("GET", path, [("authorization", "Bearer \(token)")]), stream: stream)
    }

    private static func residentMegabytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(fields[1]) ?? 0) * 4096 >> 20
    }

    /// A client that takes all that it is given.
    private func ask(_ tenon: ServedTenon, _ path: String, _ token: String = "") async throws -> (Int?, String) {
        let client = try await HTTP2Client.connect(tenon.port, sayingHello: false)
        defer { client.close() }
        let window: [UInt8] = [0x7F, 0, 0, 0]
        await client.send(
            Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + HTTP2Bytes.frame(4, [0, 4] + window)
                + HTTP2Bytes.frame(8, window) + get(path, 1, token))
        try await until("the end of the answer") {
            client.frames.contains { $0.stream == 1 && $0.flags & HTTP2Bytes.endStream != 0 }
        }
        let payloads = client.frames.filter { $0.type == 0 && $0.stream == 1 }.map(\.payload)
        return (try await client.status(of: 1), String(decoding: payloads.joined(), as: UTF8.self))
    }

    private func held(_ tenon: ServedTenon) async throws -> Int? {
        let lines = try await ask(tenon, "/metrics").1.split(separator: "\n")
        return lines.first { $0.hasPrefix("tenon_http_memory_bytes ") }.flatMap { Int($0.split(separator: " ")[1]) }
    }

    @Test("a thousand streams without a window on the API's description share its bytes")
    func sharedDocuments() async throws {
        let limits: @Sendable (inout HTTPServerSettings) -> Void = { $0.admission.patience = .seconds(30) }
        try await ServedTenon.withTLS(limits) { tenon, _ in
            #expect(try await ask(tenon, "/openapi.json").0 == 200)
            let before = try Self.residentMegabytes()
            var clients: [HTTP2Client] = []
            for _ in 0..<20 {
                let client = try await connectWithoutWindow(tenon)
                let streams = (0..<49).map { UInt32($0 * 2 + 1) }
                await client.send(streams.flatMap { get("/openapi.json", $0, "") })
                #expect(try await client.status(of: 97) == 200)
                clients.append(client)
            }
            // Copies would be a gigabyte.
            #expect(try Self.residentMegabytes() - before < 150)
            #expect(try await held(tenon) == 0)
            #expect(try await ask(tenon, "/openapi.json").0 == 200)
            for client in clients { client.close() }
        }
    }

    @Test("answers that nobody takes fill their own tenant's share, are refused beyond it and are given back")
    func unreadAnswers() async throws {
        let limits: @Sendable (inout HTTPServerSettings) -> Void = { $0.limits.memory = 16 << 20 }
        try await ServedTenon.withTLS(limits, endpoints: Self.endpoints) { tenon, _ in
            let greedy = try tenon.token([.owner])
            let other = try tenon.token([.owner])
            let client = try await connectWithoutWindow(tenon)
            let path = "/v1/large?bytes=1000000"
            for stream: UInt32 in [1, 3, 5, 7] {
                await client.send(get(path, stream, greedy))
                #expect(try await client.status(of: stream) == 200)
            }
            await client.send(get(path, 9, greedy))
            #expect(try await client.status(of: 9) == 503)
            let refused = try await ask(tenon, path, greedy)
            #expect(refused.0 == 503 && refused.1.contains("memory_exhausted"))
            #expect(try await ask(tenon, "/v1/large?bytes=2000", greedy).0 == 200)
            for _ in 0..<3 {
                let answer = try await ask(tenon, path, other)
                #expect(answer.0 == 200 && answer.1.utf8.count == 1_000_000)
            }
            #expect(try await held(tenon) ?? 0 >= 4_000_000)
            client.close()
            try await until { try await held(tenon) == 0 }
            #expect(try await ask(tenon, path, greedy).0 == 200)
        }
    }

    @Test("bodies that do not end fill their own tenant's share, and other tenants and callers send theirs")
    func unfinishedBodies() async throws {
        let limits: @Sendable (inout HTTPServerSettings) -> Void = { $0.limits.memory = 16 << 20 }
        try await ServedTenon.with(limits, endpoints: Self.endpoints) { tenon in
            let greedy = try tenon.token([.owner])
            func head(_ token: String, _ length: Int, _ more: String = "") -> String {
                "POST /v1/large HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nContent-Type: text/plain\r\n\(more)"
                    + "Content-Length: \(length)\r\n\r\n"
            }
            let block = String(repeating: "a", count: 1_500_000)
            var connections: [RawConnection] = []
            for _ in 0..<2 {
                let connection = await tenon.connection()
                await connection.send(head(greedy, 30 << 20) + block)
                connections.append(connection)
            }
            try await until { try await tenon.metric("tenon_http_memory_bytes") ?? 0 >= 2_990_000 }
            let refused = await tenon.exchange(head(greedy, 3_000_000) + block + block)
            #expect(refused.statuses.first == 503 || refused.text.isEmpty)
            let other = try tenon.token([.owner])
            let taken = await tenon.exchange(head(other, 3_000_000, "Connection: close\r\n") + block + block)
            #expect(taken.statuses == [200] && taken.text.hasSuffix("{\"count\":3000000}"))
            let login = try await tenon.send("POST", "/v1/auth/login", body: #"{"email":"a@b.c","password":"x"}"#)
            #expect(login.status == 401)
            for connection in connections { connection.close() }
            try await until { try await tenon.metric("tenon_http_memory_bytes") == 0 }
        }
    }

    @Test("a key that nobody has is refused before its body is asked for, and a key of the stores after it was found")
    func keysBeforeBodies() async throws {
        try await ServedConfiguration.with { tenant in
            func head(_ key: String, _ more: String) -> String {
                "POST \(tenant.path)/configs:batch HTTP/1.1\r\nHost: x\r\nX-API-Key: \(key)\r\n"
                    + "Content-Type: application/json\r\n\(more)"
            }
            let made = try await tenant.tenon.send(
                "POST", "/api/v1/auth/api-keys", token: tenant.token,
                body: #"{"name":"ci","scopes":["namespaces:read","namespaces:write"]}"#)
            let key = try #require(made.json["key"]?.stringValue)
            let madeUp = String(key.dropLast(8)) + "00000000"
            let expecting = "Expect: 100-continue\r\nContent-Length: 30000000\r\n\r\n"
            for (wrong, status) in [(madeUp, 401), (key + "x", 401)] {
                let received = await tenant.tenon.exchange(head(wrong, expecting))
                #expect(received.statuses == [status])
                // Whether it asks or not.
                let connection = await tenant.tenon.connection()
                await connection.send(
                    head(wrong, "Content-Length: 30000000\r\n\r\n") + String(repeating: " ", count: 60_000))
                #expect(await connection.receive(until: "\r\n\r\n").statuses == [status])
                #expect(try await tenant.tenon.metric("tenon_http_memory_bytes") == 0)
                connection.close()
            }
            let namespaces =
                "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nX-API-Key: \(key)\r\nContent-Type: application/json\r\n"
            let body = #"{"name":"by-key"}"#
            let asking = await tenant.tenon.connection()
            await asking.send(namespaces + "Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
            #expect(await asking.receive(until: "\r\n\r\n").statuses == [100])
            await asking.send(body)
            #expect(await asking.receive(until: "}").statuses == [201])
            asking.close()
        }
    }

    @Test("a request whose body comes with its key's first use is answered, and those behind it")
    func bodyWithKey() async throws {
        try await ServedConfiguration.with { tenant in
            let made = try await tenant.tenon.send(
                "POST", "/api/v1/auth/api-keys", token: tenant.token,
                body: #"{"name":"ci","scopes":["namespaces:read","namespaces:write"]}"#)
            let key = try #require(made.json["key"]?.stringValue)
            func post(_ name: String, _ more: String = "") -> String {
                let body = #"{"name":"\#(name)","description":"\#(String(repeating: "d", count: 500))"}"#
                return "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nX-API-Key: \(key)\r\n"
                    + "Content-Type: application/json\r\n\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            }
            let received = await tenant.tenon.exchange(
                (0..<40).map { post("n\($0)") }.joined() + post("last", "Connection: close\r\n"))
            #expect(received.statuses == [Int](repeating: 201, count: 41))
        }
    }

    @Test("an address has no more HTTP/2 streams than connections")
    func streamsOfAnAddress() async throws {
        let limits: @Sendable (inout HTTPServerSettings) -> Void = { $0.limits.connectionsPerAddress = 3 }
        try await ServedTenon.withTLS(limits) { tenon, _ in
            let open = HTTP2Bytes.request("POST", "/v1/auth/login", [("content-type", "application/json")])
            let client = try await HTTP2Client.connect(tenon.port)
            for stream: UInt32 in [1, 3, 5] {
                await client.send(HTTP2Bytes.headers(open, stream: stream, flags: HTTP2Bytes.endHeaders))
            }
            await client.send(HTTP2Bytes.headers(open, stream: 7, flags: HTTP2Bytes.endHeaders))
            try await client.untilReset(7)
            await client.send(HTTP2Bytes.reset(1))
            var stream: UInt32 = 7
            try await until("a place that was given back") {
                stream += 2
                try await client.get("/health/live", stream: stream)
                return try await client.status(of: stream) == 200
            }
            client.close()
        }
    }

    @Test("an address is an IPv4 address or an IPv6 /64 network")
    func networks() throws {
        var limits = ConnectionLimits()
        limits.connectionsPerAddress = 2
        let table = ConnectionTable(limits: limits) { $0 == IPAddress("2001:db8:9::1") }
        var channels: [EmbeddedChannel] = []
        func admit(_ address: String) -> Bool {
            let channel = EmbeddedChannel()
            channels.append(channel)
            return table.admit(channel, from: IPAddress(address))
        }
        #expect(admit("2001:db8::1") && admit("2001:db8::2"))
        #expect(!admit("2001:db8::ffff:ffff:3"))
        #expect(admit("2001:db8:0:1::1") && admit("192.0.2.1") && admit("192.0.2.2"))
        for _ in 0..<3 { #expect(admit("2001:db8:9::1")) }
        _ = try channels[0].finish()
        channels[0].embeddedEventLoop.run()
        #expect(admit("2001:db8::3"))
        #expect(table.counts.refused == 1)
    }
}
