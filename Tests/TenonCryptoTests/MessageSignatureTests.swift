import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonCrypto

@Suite struct MessageSignatureTests {
    /// The request of RFC 9421, Appendix B.2.
    private let request = SignableRequest(
        method: "POST", scheme: "https", authority: "example.com", requestTarget: "/foo?param=Value&Pet=dog",
        path: "/foo", query: "param=Value&Pet=dog",
        fields: [
            .init("Host", "example.com"), .init("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            .init("Content-Type", "application/json"),
            .init(
                "Content-Digest",
                "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"),
            .init("Content-Length", "18"),
        ])
    private let cryptography = OpenSSLMessageCryptography()

    private func base(_ input: String) throws -> [UInt8] {
        guard case .list(let list) = StructuredDictionary("s=\(input)")?["s"] else {
            throw Failure.invalidSignature("no list")
        }
        return try request.signatureBase(list)
    }

    @Test("The signature of RFC 9421 B.2.5 (hmac-sha256) fits the key of B.1.5")
    func hmacVector() throws {
        let key = try #require(
            Base64.decode("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="))
        let signature = try #require(Base64.decode("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="))
        let message = try base(
            #"("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#)
        #expect(cryptography.verifies(signature, of: message, by: .hmacSHA256(Secret(key))))
        #expect(!cryptography.verifies(signature, of: message + [0], by: .hmacSHA256(Secret(key))))
        #expect(!cryptography.verifies(signature.dropLast(), of: message, by: .hmacSHA256(Secret(key))))
        #expect(!cryptography.verifies(signature, of: message, by: .hmacSHA256(Secret(key.reversed()))))
    }

    @Test("The signature of RFC 9421 B.2.6 (ed25519) fits the key of B.1.4")
    func ed25519Vector() throws {
        let key = Array(
            try #require(Base64.decode("MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")).suffix(32))
        let signature = try #require(
            Base64.decode(
                "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="))
        let message = try base(
            #"("date" "@method" "@path" "@authority" "content-type" "content-length")"#
                + #";created=1618884473;keyid="test-key-ed25519""#)
        #expect(cryptography.isEd25519PublicKey(key))
        #expect(cryptography.verifies(signature, of: message, by: .ed25519(key)))
        #expect(!cryptography.verifies(signature, of: message.dropLast(), by: .ed25519(key)))
        #expect(!cryptography.verifies([UInt8](repeating: 0, count: 64), of: message, by: .ed25519(key)))
        #expect(!cryptography.isEd25519PublicKey(Array(key.dropLast())))
    }

    @Test("A key of small order, by which a signature holds that nobody made, is none")
    func smallOrder() {
        // The neutral element with either sign, and -1: with S = 0 and R = the neutral element, and half of the messages.
        let one = [1] + [UInt8](repeating: 0, count: 31)
        let minusOne = [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
        for key in [one, one.dropLast() + [0x80], minusOne, [UInt8](repeating: 0, count: 32)] {
            #expect(!cryptography.isEd25519PublicKey(key))
            #expect(
                !cryptography.verifies(one + [UInt8](repeating: 0, count: 32), of: [1, 2, 3], by: .ed25519(key)))
        }
    }

    @Test("The content digests of RFC 9421 and RFC 9530 are those of the body")
    func digestVectors() throws {
        let body = Array(#"{"hello": "world"}"#.utf8)
        let field = try #require(request.field("content-digest"))
        #expect(try #require(ContentDigest(field)).matches(body, by: cryptography))
        #expect(try !#require(ContentDigest(field)).matches(body + [0x0A], by: cryptography))
        let both = try #require(
            ContentDigest("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, \(field)"))
        #expect(both.matches(body, by: cryptography))
        let one = try #require(ContentDigest("sha-256=:AAAA:, \(field)"))
        #expect(!one.matches(body, by: cryptography))
    }

    @Test("What is signed passes; with any covered part changed it does not", arguments: [UInt64](1...40))
    func tampering(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func text(_ count: ClosedRange<Int>) -> String {
            let letters = Array("abcXYZ019-_~")
            return String(
                (0..<Int.random(in: count, using: &random)).map { _ in letters.randomElement(using: &random)! })
        }
        let id = APIKeyID(high: random.next(), low: random.next())
        let seedBytes = Secret((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
        let isShared = Bool.random(using: &random)
        let signer = try #require(RequestSigner(id, isShared ? .hmacSHA256(seedBytes) : .ed25519(seedBytes)))
        let key: VerificationKey = isShared ? .hmacSHA256(seedBytes) : .ed25519(try #require(signer.publicKey))
        let path = "/\(text(1...20))"
        let query = text(0...20)
        let body = Array(text(0...40).utf8)
        func request(
            method: String = "POST", authority: String = "api.example.com", path: String, query: String,
            _ fields: [SignableRequest.Field]
        ) -> SignableRequest {
            SignableRequest(
                method: method, scheme: "https", authority: authority, requestTarget: "\(path)?\(query)", path: path,
                query: query, fields: [.init("X-Tenant", "a")] + fields)
        }
        let fields = try signer.fields(
            signing: request(path: path, query: query, []), body: body, covering: ["x-tenant"],
            at: Timestamp(millisecondsSince1970: 1_800_000_000_000), nonce: text(1...20))

        func passes(_ request: SignableRequest, _ body: [UInt8]) -> Bool {
            guard let signed = try? SignedRequest(request) else { return false }
            return cryptography.verifies(signed.signature.bytes, of: signed.base, by: key)
                && (try? signed.requireSigned(body, by: cryptography)) != nil
        }
        #expect(passes(request(path: path, query: query, fields), body))
        #expect(!passes(request(method: "PUT", path: path, query: query, fields), body))
        #expect(!passes(request(authority: "evil.example.com", path: path, query: query, fields), body))
        #expect(!passes(request(path: path + "x", query: query, fields), body))
        #expect(!passes(request(path: path, query: query + "x", fields), body))
        #expect(!passes(request(path: path, query: query, fields), body + [0x20]))
        #expect(!passes(request(path: path, query: query, [.init("x-tenant", "b")] + fields), body))
        for (place, field) in fields.enumerated() {
            var changed = fields
            var bytes = Array(field.value.utf8)
            // Within the value: neither its quotes nor its colons.
            let at = try #require(
                bytes.indices.filter { bytes[$0] != 0x3A && bytes[$0] != 0x22 }.randomElement(using: &random))
            bytes[at] = bytes[at] == 0x41 ? 0x42 : 0x41
            changed[place] = .init(field.name, String(decoding: bytes, as: UTF8.self))
            #expect(!passes(request(path: path, query: query, changed), body), "\(changed[place].value)")
            changed.remove(at: place)
            #expect(!passes(request(path: path, query: query, changed), body))
        }
    }

    @Test("A body that no signature covers is refused")
    func uncoveredBody() throws {
        let signer = try #require(RequestSigner(APIKeyID(high: 1, low: 2), .hmacSHA256(Secret([1, 2, 3]))))
        let get = SignableRequest(
            method: "GET", scheme: "https", authority: "a", requestTarget: "/", path: "/", query: "", fields: [])
        let fields = try signer.fields(
            signing: get, body: [], at: Timestamp(millisecondsSince1970: 0), nonce: "n")
        let signed = try SignedRequest(
            SignableRequest(
                method: "GET", scheme: "https", authority: "a", requestTarget: "/", path: "/", query: "",
                fields: fields))
        try signed.requireSigned([], by: cryptography)
        let refused = #expect(throws: Failure.self) { try signed.requireSigned([1], by: cryptography) }
        #expect(refused?.code == .contentDigestMismatch)
    }
}
