import TenonDomain
import TenonKit
import Testing

@Suite struct SignedRequestTests {
    static let keyID = APIKeyID(high: 0x019A_7A5B_3C00_7123, low: 0x8456_789A_BCDE_F012)
    static let good = #"("@method" "@authority" "@path" "@query");created=1800000000;keyid="\#(keyID)""#

    private static func request(
        _ input: String, signature: String = "a=:AAAA:", query: String = "x=1", fields: [SignableRequest.Field] = []
    ) -> SignableRequest {
        SignableRequest(
            method: "POST", scheme: "https", authority: "api.example.com", requestTarget: "/v1/a?\(query)",
            path: "/v1/a",
            query: query,
            fields: [.init("Signature-Input", input), .init("Signature", signature)] + fields)
    }

    @Test("A signature that covers method, authority, path and query is taken; its base is what RFC 9421 says")
    func base() throws {
        let signed = try SignedRequest(Self.request("a=\(Self.good)"))
        #expect(
            String(decoding: signed.base, as: UTF8.self) == """
                "@method": POST
                "@authority": api.example.com
                "@path": /v1/a
                "@query": ?x=1
                "@signature-params": \(Self.good)
                """)
        #expect(signed.signature.keyID == Self.keyID)
        #expect(signed.contentDigest == nil)
    }

    @Test("Every component that a request can have stands in the base with its value")
    func components() throws {
        let request = SignableRequest(
            method: "GET", scheme: "https", authority: "example.com", requestTarget: "/p%20q?a=1&b=x+y%2f&c",
            path: "/p%20q", query: "a=1&b=x+y%2f&c",
            fields: [.init("X-List", " a "), .init("x-list", "\tb"), .init("X-Empty", "")])
        let input = InnerList(
            ["@target-uri", "@scheme", "@request-target", "@query", "x-list", "x-empty"].map {
                StructuredItem(.string($0))
            }
                + ["a", "b", "c"].map {
                    StructuredItem(.string("@query-param"), [StructuredParameter("name", .string($0))])
                })
        let lines = String(decoding: try request.signatureBase(input), as: UTF8.self).split(separator: "\n")
        #expect(
            lines.dropLast() == [
                #""@target-uri": https://example.com/p%20q?a=1&b=x+y%2f&c"#, #""@scheme": https"#,
                #""@request-target": /p%20q?a=1&b=x+y%2f&c"#, #""@query": ?a=1&b=x+y%2f&c"#, #""x-list": a, b"#,
                #""x-empty": "#, #""@query-param";name="a": 1"#, #""@query-param";name="b": x%20y%2F"#,
                #""@query-param";name="c": "#,
            ])
    }

    @Test(
        "A signature that covers too little is refused",
        arguments: [
            #"()"#, #"("@authority" "@path" "@query")"#, #"("@method" "@path" "@query")"#, #"("@method" "@authority")"#,
            #"("@method" "@authority" "@path")"#, #"("@method" "@authority" "@query")"#,
            #"("@method" "@authority" "@path" "@query-param";name="x")"#,
        ])
    func coverage(components: String) {
        Self.expectRefusal(Self.request(#"a=\#(components);created=1800000000;keyid="\#(Self.keyID)""#))
    }

    @Test(
        "The whole target, or a path without a query, is enough",
        arguments: [
            (#"("@method" "@target-uri")"#, "x=1"), (#"("@method" "@authority" "@request-target")"#, "x=1"),
            (#"("@method" "@authority" "@path")"#, ""),
        ])
    func otherCoverage(components: String, query: String) throws {
        let input = #"a=\#(components);created=1800000000;keyid="\#(Self.keyID)""#
        #expect(try SignedRequest(Self.request(input, query: query)).signature.keyID == Self.keyID)
    }

    @Test(
        "Components that are unknown, not there, parametrised or doubled are refused",
        arguments: [
            #""@status""#, #""@nothing""#, #""x-absent""#, #""Date""#, #""date";sf"#, #""date";bs"#, #""date";key="a""#,
            #""date";req"#, #""date";tr"#, #""@method""#, #""@query-param""#, #""@query-param";name="y""#, #"date"#,
            #""@query-param";name="x""#,
        ])
    func unknownComponents(component: String) {
        let input = Self.good.replacing(#""@query")"#, with: #""@query" \#(component))"#)
        Self.expectRefusal(
            Self.request("a=\(input)", query: "x=1&x=2", fields: [.init("Date", "Tue, 20 Apr 2021 02:07:55 GMT")]))
    }

    @Test("Broken, missing and ambiguous signatures are refused")
    func broken() {
        let good = Self.good
        for (input, signature) in [
            ("a=\(good)", "b=:AAAA:"), ("a=\(good)", "a=\"x\""), ("a=\(good)", "a=::"),
            ("a=\(good)", "a=:AAAA:, a=:AAAA:"),
            ("a=\(good)", "a=:\(String(repeating: "A", count: 88)):"), ("a=1", "a=:AAAA:"), ("", "a=:AAAA:"),
            ("a=\(good), b=\(good)", "a=:AAAA:, b=:AAAA:"), ("a=\(good), a=\(good)", "a=:AAAA:"),
            ("a=\(good);tag=\"other\"", "a=:AAAA:"),
            ("a=\(good);tag=\"tenon\", b=\(good);tag=\"tenon\"", "a=:AAAA:, b=:AAAA:"),
            ("a=\(good);alg=\"rsa-pss-sha512\"", "a=:AAAA:"), ("a=\(good);alg=ed25519", "a=:AAAA:"),
            ("a=\(good);expires=\"1\"", "a=:AAAA:"),
            ("a=\(good.replacing("created=1800000000;", with: ""))", "a=:AAAA:"),
            ("a=\(good.replacing("key_", with: "usr_"))", "a=:AAAA:"),
        ] {
            Self.expectRefusal(Self.request(input, signature: signature))
        }
        Self.expectRefusal(
            SignableRequest(
                method: "GET", scheme: "https", authority: "a", requestTarget: "/", path: "/", query: "", fields: []))
    }

    @Test("Of several signatures the one with the tag is taken")
    func tag() throws {
        let tagged = "\(Self.good);tag=\"tenon\""
        let signed = try SignedRequest(Self.request("a=\(Self.good), b=\(tagged)", signature: "a=:AAAA:, b=:AQID:"))
        #expect(signed.signature.bytes == [1, 2, 3])
    }

    @Test("A signature is good from a minute before it was made until 300 s after, and until it expires")
    func window() throws {
        let made = Timestamp(millisecondsSince1970: 1_800_000_000_000)
        func isTimely(_ input: String, _ now: Timestamp) throws -> Bool {
            let signed = try SignedRequest(Self.request("a=\(input)"))
            do throws(Failure) {
                try signed.signature.requireTimely(at: now)
                return true
            } catch {
                #expect(error.code == .invalidSignature)
                return false
            }
        }
        for (offset, isGood) in [(-61, false), (-60, true), (0, true), (300, true), (301, false)] {
            #expect(try isTimely(Self.good, made + .seconds(offset)) == isGood)
        }
        #expect(try isTimely("\(Self.good);expires=1800000010", made + .seconds(9)))
        #expect(try !isTimely("\(Self.good);expires=1800000010", made + .seconds(10)))
        #expect(try !isTimely("\(Self.good);expires=1799999999", made - .seconds(30)))
        #expect(try !isTimely(Self.good.replacing("1800000000", with: "0"), made))
        #expect(try !isTimely(Self.good.replacing("1800000000", with: "999999999999999"), made))
    }

    @Test("A signature covers up to eight parameters of a query one by one; one that stands twice is none of them")
    func queryParameters() throws {
        func input(_ names: some Sequence<String>) -> String {
            let components = names.map { "\"@query-param\";name=\"\($0)\"" }.joined(separator: " ")
            return "a=" + Self.good.replacing("\"@query\")", with: "\"@query\" \(components))")
        }
        let query = (0..<9).map { "p\($0)=\($0)" }.joined(separator: "&") + "&twice=1&twice=2"
        let signed = try SignedRequest(Self.request(input((0..<8).map { "p\($0)" }), query: query))
        #expect(String(decoding: signed.base, as: UTF8.self).contains("\"@query-param\";name=\"p7\": 7\n"))
        Self.expectRefusal(Self.request(input((0..<9).map { "p\($0)" }), query: query))
        Self.expectRefusal(Self.request(input(["twice"]), query: query))
        Self.expectRefusal(Self.request(input(["none"]), query: query))
    }

    @Test("A covered Content-Digest has an algorithm that is known")
    func contentDigest() throws {
        let input = "a=\(Self.good.replacing(#""@query")"#, with: #""@query" "content-digest")"#))"
        for value in ["md5=:AAAA:", "sha-256=1", "nonsense=", "sha-256=:AAAA"] {
            Self.expectRefusal(Self.request(input, fields: [.init("content-digest", value)]))
        }
        let signed = try SignedRequest(
            Self.request(input, fields: [.init("content-digest", "sha-256=:AAEC:, md5=:AAAA:")]))
        #expect(signed.contentDigest?.digests == [.sha256: [0, 1, 2]])
    }

    private static func expectRefusal(
        _ request: SignableRequest, _ location: SourceLocation = #_sourceLocation
    ) {
        let refused = #expect(throws: Failure.self, sourceLocation: location) { try SignedRequest(request) }
        #expect(refused?.code == .invalidSignature, sourceLocation: location)
    }
}
