import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Which hosts are answered.
@Suite struct HostTests {
    private func get(_ path: String, host: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(fields)\r\n"
    }

    @Test("only the listed hosts are answered, in any case, with any port and with a dot at the end")
    func listed() async throws {
        try await ServedTenon.with(
            {
                $0.policies.hosts = ["api.example.com", ".example.org", "*.example.net", "::1"].compactMap {
                    AllowedHost($0)
                }
            },
            { tenon in
                for host in [
                    "api.example.com", "API.Example.COM:8443", "api.example.com.", "example.org", "a.b.example.org",
                    "[::1]",
                    "[0:0::1]:80", "x.example.net",
                ] {
                    #expect(await tenon.exchange(get("/v1/auth/me", host: host)).statuses == [401], "\(host)")
                }
                for host in ["example.com", "evil.com", "api.example.com.evil.com", "evilexample.org", "127.0.0.1", ""]
                {
                    let received = await tenon.exchange(get("/v1/auth/me", host: host))
                    #expect(received.statuses == [421], "\(host)")
                    #expect(received.code == "host_not_allowed")
                }
                let whole = get("http://evil.com/v1/auth/me", host: "api.example.com")
                #expect(await tenon.exchange(whole).statuses == [421])
                #expect(await tenon.exchange(get("/nowhere", host: "evil.com")).statuses == [421])
                let options = "OPTIONS /v1/auth/login HTTP/1.1\r\nHost: evil.com\r\nConnection: close\r\n\r\n"
                #expect(await tenon.exchange(options).statuses == [421])
            })
    }

    @Test("health is answered whatever the host and also in plain")
    func health() async throws {
        try await ServedTenon.with(
            { settings in
                settings.policies.hosts = [AllowedHost("api.example.com")].compactMap { $0 }
                settings.policies.requiresHTTPS = true
            },
            { tenon in
                for path in ["/health", "/health/live", "/health/ready", "/metrics"] {
                    #expect(await tenon.exchange(get(path, host: "10.1.2.3:8000")).statuses == [200], "\(path)")
                }
            })
    }

    @Test("a forwarded host is asked for where a trusted proxy says it")
    func forwarded() async throws {
        let field = "X-Forwarded-Host: evil.com\r\n"
        for (proxies, status) in [([IPNetwork("127.0.0.1")], 421), ([], 401)] {
            try await ServedTenon.with(
                { settings in
                    settings.policies.hosts = [AllowedHost("api.example.com")].compactMap { $0 }
                    settings.policies.trustedProxies = proxies.compactMap { $0 }
                },
                { tenon in
                    let received = await tenon.exchange(get("/v1/auth/me", host: "api.example.com", field))
                    #expect(received.statuses == [status])
                })
        }
    }

    @Test("plain requests are led to https, or told that it was too late")
    func requiredHTTPS() async throws {
        try await ServedTenon.with(
            { $0.policies.requiresHTTPS = true },
            { tenon in
                let led = await tenon.exchange(get("/docs?a=b", host: "x:8000"))
                #expect(led.statuses == [308])
                #expect(led.field("location") == "https://x/docs?a=b")
                for fields in ["Authorization: Bearer a\r\n", "X-API-Key: a\r\n"] {
                    let refused = await tenon.exchange(get("/v1/auth/me", host: "x", fields))
                    #expect(refused.statuses == [403])
                    #expect(refused.code == "https_required")
                }
            })
    }

    @Test("what is no host is none")
    func names() {
        let long = String(repeating: "a", count: 64)
        for name in ["", ".", "*", "a b", "a/b", "-a", "a-", "a..b", ".a.", "http://a", "a:80", "[::1", "[a]", long] {
            #expect(AllowedHost(name) == nil, "\(name)")
        }
        #expect(AllowedHost("[0::1]") == AllowedHost("::1"))
        #expect(HostField("a:0")?.port == 0)
        #expect(HostField("a:65536") == nil)
        #expect(HostField("a:+1") == nil)
        #expect(HostField("[::FFFF]:1")?.authority == "[::ffff]:1")
        #expect(HostField("[1.2.3.4]") == nil)
        #expect(HostField("A_b.C.")?.name == "a_b.c")
    }
}
