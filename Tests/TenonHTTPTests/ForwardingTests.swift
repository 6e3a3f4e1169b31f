import NIOHTTP1
import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Who is believed to ask, behind which proxies.
@Suite struct ForwardingTests {
    /// As seen by a service behind 10.0.0.0/8.
    private func resolve(_ fields: [(String, String)], from peer: String = "10.0.0.1") -> ClientFacts {
        let trusted = IPNetwork("10.0.0.0/8")
        return Forwarding.resolve(
            HTTPHeaders([("Host", "inner")] + fields),
            over: ConnectionFacts(peer: IPAddress(peer), isSecure: false, isHTTP2: false)
        ) { trusted?.contains($0) == true }
    }

    private func address(_ name: String, _ value: String, from peer: String = "10.0.0.1") -> String? {
        resolve([(name, value)], from: peer).address?.description
    }

    @Test("nothing is believed of a peer that is not trusted")
    func untrusted() {
        for (name, value) in [
            ("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "outer"),
            ("Forwarded", "for=192.0.2.1;proto=https;host=outer"),
        ] {
            let facts = resolve([(name, value)], from: "203.0.113.9")
            #expect(facts == ClientFacts(address: IPAddress("203.0.113.9"), isSecure: false, host: "inner"))
        }
    }

    @Test("the nearest hop that is no proxy of ours is the client, whatever stands before it")
    func chains() {
        for name in ["X-Forwarded-For", "Forwarded"] {
            func chain(_ hops: String...) -> String {
                hops.map { name == "Forwarded" ? "for=\($0)" : $0 }.joined(separator: ", ")
            }
            #expect(address(name, chain("192.0.2.1")) == "192.0.2.1")
            #expect(address(name, chain("192.0.2.1", "10.0.0.2")) == "192.0.2.1")
            #expect(address(name, chain("127.0.0.1", "192.0.2.1", "10.0.0.2")) == "192.0.2.1")
            #expect(address(name, chain("10.9.9.9", "192.0.2.1")) == "192.0.2.1")
            #expect(address(name, chain("10.0.0.3", "10.0.0.2")) == "10.0.0.3")
            #expect(address(name, chain("garbage", "192.0.2.1", "10.0.0.2")) == "192.0.2.1")
            #expect(address(name, chain("192.0.2.1", "unknown")) == nil)
            #expect(address(name, chain("192.0.2.1", "_hidden")) == nil)
        }
        let lines = resolve([("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "10.0.0.2")])
        #expect(lines.address == IPAddress("192.0.2.1"))
    }

    @Test("addresses may have ports, brackets and quotes")
    func nodes() {
        #expect(address("X-Forwarded-For", "192.0.2.1:4711") == "192.0.2.1")
        #expect(address("X-Forwarded-For", "2001:DB8::1") == "2001:db8::1")
        #expect(address("X-Forwarded-For", "[2001:db8::1]:4711") == "2001:db8::1")
        #expect(address("X-Forwarded-For", "::ffff:192.0.2.1") == "192.0.2.1")
        #expect(address("Forwarded", "for=\"[2001:db8::1]:4711\"") == "2001:db8::1")
        #expect(address("Forwarded", "For=\"192.0.2.1:_port\"") == "192.0.2.1")
        #expect(address("Forwarded", "proto=https ; for=192.0.2.1") == "192.0.2.1")
        for garbage in ["", "192.0.2", "192.0.2.1.", "0192.0.2.1", "[::1", "::1]", "localhost", "1:2:3"] {
            #expect(address("X-Forwarded-For", garbage) == nil || garbage.isEmpty, "\(garbage)")
        }
    }

    @Test("a Forwarded field that is not readable is not believed in any part")
    func malformed() {
        for field in [
            "for", "for=192.0.2.1;proto", "for=\"192.0.2.1", "for=192.0.2.1\"", "for=\"192.0.2.1\\\"\"", "=;=;",
        ] {
            let facts = resolve([("Forwarded", field), ("X-Forwarded-For", "192.0.2.7")])
            #expect(facts.address != IPAddress("192.0.2.1"), "\(field)")
            #expect(facts.address != IPAddress("192.0.2.7"), "\(field)")
            #expect(!facts.isSecure)
        }
    }

    @Test("scheme and host come from the trusted end of the chain")
    func schemeAndHost() {
        let simple = resolve([
            ("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "outer"),
        ])
        #expect(simple == ClientFacts(address: IPAddress("192.0.2.1"), isSecure: true, host: "outer"))
        let alone = resolve([("X-Forwarded-Proto", "HTTPS")])
        #expect(alone.isSecure)
        // The client itself wrote the first element.
        let spoofed = resolve([("Forwarded", "for=1.1.1.1;proto=https;host=evil, for=192.0.2.1;proto=http;host=outer")])
        #expect(spoofed == ClientFacts(address: IPAddress("192.0.2.1"), isSecure: false, host: "outer"))
        #expect(!resolve([("X-Forwarded-Proto", "httpsx")]).isSecure)
        let both = resolve([("X-Forwarded-For", "192.0.2.2"), ("Forwarded", "for=192.0.2.1")])
        #expect(both == ClientFacts(address: IPAddress("10.0.0.1"), isSecure: false, host: "inner"))
    }

    @Test("a chain of thousands costs nothing and ends at a trusted hop")
    func long() {
        let chain = String(repeating: "10.0.0.7, ", count: 3000) + "10.0.0.8"
        #expect(address("X-Forwarded-For", "192.0.2.1, " + chain) == "10.0.0.7")
    }

    @Test("over the socket https is believed from a trusted proxy alone")
    func overTheSocket() async throws {
        func status(_ proxies: [String], _ field: String) async throws -> Int {
            let result = Result()
            try await ServedTenon.with(
                { settings in
                    settings.policies.requiresHTTPS = true
                    settings.policies.trustedProxies = proxies.compactMap { IPNetwork($0) }
                },
                { tenon in
                    let answer = try await tenon.send("POST", "/v1/auth/login", body: "{}", headers: [field])
                    #expect(answer.status == 422 || answer.code == "https_required")
                    await result.set(answer.status)
                })
            return await result.status
        }
        for field in ["X-Forwarded-Proto: https", "Forwarded: proto=https"] {
            #expect(try await status(["127.0.0.1"], field) == 422)
            #expect(try await status(["10.0.0.0/8"], field) == 403)
            #expect(try await status([], field) == 403)
        }
    }

    @Test("a proxy that passes a client's own Forwarded on beside its X-Forwarded-* is refused, not believed")
    func bothKinds() async throws {
        let forged = "Forwarded: for=192.0.2.1"
        for (proxies, isRefused) in [(["127.0.0.1"], true), ([], false)] {
            try await ServedTenon.with(
                { $0.policies.trustedProxies = proxies.compactMap { IPNetwork($0) } },
                { tenon in
                    for other in ["X-Forwarded-For: 192.0.2.2", "x-forwarded-proto: https", "X-FORWARDED-PORT: 443"] {
                        let answer = try await tenon.send("GET", "/v1/users", headers: [forged, other])
                        #expect(answer.status == (isRefused ? 400 : 401), "\(other)")
                    }
                    #expect(try await tenon.send("GET", "/v1/users", headers: [forged]).status == 401)
                })
        }
    }

    private actor Result {
        private(set) var status = 0
        func set(_ status: Int) { self.status = status }
    }
}
