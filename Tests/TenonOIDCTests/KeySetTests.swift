import TenonDomain
import TenonKit
import Testing

@testable import TenonOIDC

@Suite struct KeySetTests {
    private let x = Base64URL.encode([UInt8](repeating: 7, count: 32))
    private let rsa: JSONValue = ["kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"]

    private func keys(_ items: [JSONValue], _ algorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases))
        -> [KeySet.Key]
    {
        let document: JSONValue = ["keys": .array(items)]
        return (try? KeySet(document.encoded(), algorithms: algorithms).keys) ?? []
    }

    @Test("an algorithm belongs to a key by its own members and the provider's metadata")
    func algorithms() {
        #expect(keys([rsa])[0].algorithms == [.rs256, .rs384, .rs512, .ps256])
        #expect(keys([rsa], [.rs256, .ed25519])[0].algorithms == [.rs256])
        #expect(keys([rsa], [.ed25519]).isEmpty)
        var named = rsa.objectValue!
        named["alg"] = "PS256"
        #expect(keys([.object(named)])[0].algorithms == [.ps256])
        #expect(keys([.object(named)], [.rs256]).isEmpty)
        for foreign: JSONValue in ["ES256", "HS256", "none", "RSA-OAEP", 1] {
            named["alg"] = foreign
            #expect(keys([.object(named)]).isEmpty)
        }
        let edwards: JSONValue = ["kty": "OKP", "crv": "Ed25519", "x": .string(x), "alg": "EdDSA"]
        #expect(keys([edwards])[0].algorithms == [.ed25519])
    }

    @Test("keys for other uses, of other kinds, private and shared ones are passed over")
    func passedOver() {
        let others: [JSONValue] = [
            ["kty": "oct", "k": "AAAA"], ["kty": "EC", "crv": "secp256k1", "x": .string(x), "y": .string(x)],
            ["kty": "OKP", "crv": "X25519", "x": .string(x)], ["kty": "RSA", "n": "AQAB"],
            ["kty": "RSA", "n": "!", "e": "AQAB"],
            ["kty": "OKP", "crv": "Ed25519", "x": .string(x), "d": .string(x)],
            ["kty": "OKP", "crv": "Ed25519", "x": .string(x), "use": "enc"],
            ["kty": "OKP", "crv": "Ed25519", "x": .string(x), "key_ops": ["sign"]], 1, [:],
        ]
        #expect(keys(others).isEmpty)
        #expect(keys(others + [rsa]).count == 1)
        #expect(keys(Array(repeating: rsa, count: 101)).isEmpty)
    }

    @Test("a key is found by its id, and two of one id are none")
    func matching() throws {
        let document: JSONValue = ["keys": [rsa, ["kty": "OKP", "crv": "Ed25519", "kid": "o", "x": .string(x)]]]
        let set = try KeySet(document.encoded(), algorithms: Set(SignatureAlgorithm.allCases))
        #expect(set.match("r", .rs256) == .key(set.keys[0]))
        #expect(set.match("r", .ed25519) == .refused)
        #expect(set.match("x", .rs256) == .unknown)
        #expect(set.match(nil, .ed25519) == .key(set.keys[1]))
        #expect(set.match(nil, .es256) == .refused)
        let twins: JSONValue = ["keys": [rsa, rsa]]
        let both = try KeySet(twins.encoded(), algorithms: Set(SignatureAlgorithm.allCases))
        #expect(both.match("r", .rs256) == .refused)
    }
}
