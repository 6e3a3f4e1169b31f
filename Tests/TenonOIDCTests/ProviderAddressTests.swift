import TenonDomain
import TenonKit
import Testing

@testable import TenonOIDC

@Suite struct ProviderAddressTests {
    @Test("an address is read in one way only")
    func strict() {
        let good: [(String, String, Int, String)] = [
            ("https://id.example", "id.example", 443, "/"), ("https://ID.Example:8443/a?b", "id.example", 8443, "/a?b"),
            ("http://127.0.0.1:80/x", "127.0.0.1", 80, "/x"), ("https://[2001:DB8::1]/", "2001:db8::1", 443, "/"),
            ("https://id.example?x", "id.example", 443, "/?x"),
        ]
        for (text, host, port, target) in good {
            let url = ProviderURL(text)
            #expect(url?.host == host && url?.port == port && url?.target == target, "\(text)")
        }
        let bad = [
            "", "id.example", "ftp://id.example", "HTTPS://id.example", "https://", "https:///x", "https://a@b.example",
            "https://a:b@c.example", "https://id.example#x", "https://id.example\\@evil.example",
            "https://id.example /",
            "https://id.example:0", "https://id.example:65536", "https://id.example:", "https://id.example:+1",
            "https://[::1", "https://[127.0.0.1]", "https://[::ffff:10.0.0.1]", "https://0x7f000001", "https://127.1",
            "https://2130706433", "https://0177.0.0.1", "https://a..b", "https://é.example", "https://id.example/\n",
            "https://id%2eexample", "https://" + String(repeating: "a.", count: 130) + "b",
            "https://id.example/" + String(repeating: "x", count: 2048),
        ]
        for text in bad { #expect(ProviderURL(text) == nil, "\(text.prefix(60))") }
    }

    @Test("where private addresses are refused, this machine is too, over plain HTTP as well")
    func loopback() throws {
        let policy = ProviderPolicy(allowsPlainLoopback: true, allowsPrivateAddresses: false)
        let address = try #require(IPAddress("127.0.0.1"))
        for text in ["http://127.0.0.1:8080", "http://localhost:8080", "https://localhost:8443"] {
            let url = try #require(ProviderURL(text))
            #expect(throws: OpenIDFault.self, "\(text)") { try policy.check([address], of: url) }
            try ProviderPolicy.development.check([address], of: url)
        }
    }

    @Test("one address in a private network refuses the whole name")
    func choice() throws {
        let url = try #require(ProviderURL("https://id.example"))
        let (outer, inner) = (try #require(IPAddress("93.184.216.34")), try #require(IPAddress("10.0.0.1")))
        try ProviderPolicy.production.check([outer], of: url)
        #expect(throws: OpenIDFault.addressRefused("id.example is in a private network")) {
            try ProviderPolicy.production.check([outer, inner], of: url)
        }
        try ProviderPolicy.development.check([inner], of: url)
    }

    @Test("plain HTTP is for names and addresses of this machine that lead to it")
    func plain() throws {
        let here = try #require(IPAddress("127.0.0.1"))
        let away = try #require(IPAddress("93.184.216.34"))
        for (text, address, isAllowed) in [
            ("http://localhost", here, true), ("http://localhost", away, false), ("http://id.example", here, false),
            ("http://id.example", away, false), ("http://127.0.0.1", here, true),
        ] {
            let url = try #require(ProviderURL(text))
            let passed: Void? = try? ProviderPolicy.development.check([address], of: url)
            #expect((passed != nil) == isAllowed, "\(text) at \(address)")
            #expect(throws: OpenIDFault.self) { try ProviderPolicy.production.check([address], of: url) }
        }
    }

    @Test("every special network is an inner one, and the world's are not")
    func networks() throws {
        let inner = [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.168.0.1",
            "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "64:ff9b::a00:1", "fd00:ec2::254",
            "fe80::1", "fec0::1", "ff02::1", "2002:7f00:1::", "::ffff:10.0.0.1",
        ]
        for text in inner { #expect(AddressRange.inner.contains(try #require(IPAddress(text))), "\(text)") }
        for text in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"] {
            #expect(!AddressRange.inner.contains(try #require(IPAddress(text))), "\(text)")
        }
    }
}
