import Testing

/// Heads that are whole HTTP and still not taken, or taken in one way alone.
@Suite struct HeadTests {
    private func get(_ target: String, _ fields: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(fields)\r\n"
    }

    @Test("fields that count once are refused twice, also with the same value")
    func singletons() async throws {
        try await ServedTenon.with { tenon in
            for field in [
                "Host: x", "Authorization: Bearer a", "Content-Type: application/json", "Idempotency-Key: a",
                "Content-Encoding: identity", "Origin: https://a.example", "X-Request-ID: a",
                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ] {
                let received = await tenon.exchange(get("/health/live", "\(field)\r\n\(field.lowercased())\r\n"))
                #expect(received.statuses == [400], "\(field)")
                #expect(received.code == "malformed_request", "\(field)")
            }
        }
    }

    @Test("HTTP/1.1 without a Host field is refused, HTTP/1.0 is not")
    func host() async throws {
        try await ServedTenon.with { tenon in
            #expect(await tenon.exchange("GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n").statuses == [400])
            #expect(await tenon.exchange("GET /health/live HTTP/1.0\r\n\r\n").statuses == [200])
            for host in ["a b", "a/b", "a@b", "x:99999", "x:", "[::1", "-a", "a..b", "x,y"] {
                let received = await tenon.exchange(
                    "GET /health/live HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
                #expect(received.statuses == [400], "\(host)")
            }
        }
    }

    @Test("too many fields, too long a field and too much of them are 431, and the limits themselves are taken")
    func sizes() async throws {
        try await ServedTenon.with { tenon in
            func fields(_ count: Int, of length: Int = 10) -> String {
                (0..<count).map { "X-\($0 + 100): \(String(repeating: "a", count: length - 7))\r\n" }.joined()
            }
            // Host and Connection are two.
            #expect(await tenon.exchange(get("/health/live", fields(98))).statuses == [200])
            for tooMuch in [fields(99), fields(1, of: 17 << 10), fields(11, of: 3 << 10)] {
                let received = await tenon.exchange(get("/health/live", tooMuch))
                #expect(received.statuses == [431])
                #expect(received.code == "headers_too_large")
                #expect(received.isClosed)
            }
            #expect(await tenon.exchange(get("/health/live", fields(1, of: 16 << 10))).statuses == [200])
        }
    }

    @Test("a target has 8 KiB and not a byte more")
    func targets() async throws {
        try await ServedTenon.with { tenon in
            let longest = "/" + String(repeating: "a", count: (8 << 10) - 1)
            #expect(await tenon.exchange(get(longest)).statuses == [404])
            for tooLong in [longest + "a", longest + longest + longest] {
                let received = await tenon.exchange(get(tooLong))
                #expect(received.statuses == [414])
                #expect(received.code == "target_too_long")
                #expect(received.isClosed)
            }
        }
    }

    @Test("targets that try to be another path find nothing and break nothing")
    func hostileTargets() async throws {
        try await ServedTenon.with { tenon in
            for target in [
                "/api/v1/..%2fadmin", "/api/v1/%2e%2e/health", "/api/v1/../../health", "/%00", "/health%00", "//health",
                "//evil.example/health", "/api//v1/namespaces", "/hea%6cth", "/health;a=b", "/health/%2e", "/%",
                "/api/v1/namespaces/%zz", "/api/v1/namespaces/%c3%28/configs", "/\\health", "/api/v1/auth/me/..",
            ] {
                let status = await tenon.exchange(get(target)).statuses.first ?? 0
                #expect((400..<500).contains(status), "\(target): \(status)")
            }
            for target in ["/hälth", "/health#a", "health", "*", "http://", "http://a@b/health", "ftp://x/health", "?"]
            {
                let status = await tenon.exchange(get(target)).statuses.first
                #expect(status == 400 || status == 404, "\(target)")
            }
        }
    }

    @Test("a whole address as the target and OPTIONS for the server are understood")
    func otherForms() async throws {
        try await ServedTenon.with { tenon in
            #expect(await tenon.exchange(get("http://x/health/live")).statuses == [200])
            #expect(await tenon.exchange(get("HTTPS://other.example:8443/health/live?a=b")).statuses == [422])
            let options = await tenon.exchange("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(options.statuses == [204])
        }
    }

    @Test("CONNECT, TRACE and methods that nobody knows are refused")
    func methods() async throws {
        try await ServedTenon.with { tenon in
            for (line, status) in [
                ("CONNECT evil.example:443", 400), ("CONNECT /health", 405), ("TRACE /health", 405),
                ("TRACE /nowhere", 404), ("BREW /health", 405), ("get /health", 405), ("PRI /health", 405),
            ] {
                let received = await tenon.exchange("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(received.statuses == [status], "\(line)")
                #expect(received.isClosed)
                #expect(!received.text.contains("BREW"))
            }
        }
    }
}
