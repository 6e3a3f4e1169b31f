import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonOIDC

@Suite struct ProviderStateTests {
    private let clock = ManualClock()

    @Test("what is fresh is used, what is old is asked for by one alone")
    func freshness() throws {
        var state = ProviderState()
        #expect(state.need(at: clock.now()) == .fetch)
        #expect(state.need(at: clock.now()) == .join)
        let snapshot = try Snapshots.first()
        state.fetched(snapshot, life: .seconds(120), at: clock.now())
        clock.advance(by: .seconds(119))
        #expect(state.need(at: clock.now()) == .use(snapshot))
        clock.advance(by: .seconds(1))
        #expect(state.need(at: clock.now()) == .fetch)
        #expect(state.need(at: clock.now()) == .join)
    }

    @Test("a provider's word on caching holds within a minute and a day, and an hour without one")
    func lives() throws {
        let lives: [(said: Duration?, held: Duration)] = [
            (.zero, .seconds(60)), (.seconds(1 << 30), .seconds(86_400)), (nil, .seconds(3600)),
        ]
        for (said, held) in lives {
            var state = ProviderState()
            let snapshot = try Snapshots.first()
            let start = clock.now()
            #expect(state.need(at: start) == .fetch)
            state.fetched(snapshot, life: said, at: start)
            #expect(state.need(at: start + held - .seconds(1)) == .use(snapshot))
            #expect(state.need(at: start + held) == .fetch)
        }
    }

    @Test("after a failure nobody is asked for five seconds, and what was known stays in use")
    func failures() throws {
        var state = ProviderState()
        #expect(state.need(at: clock.now()) == .fetch)
        state.failed(at: clock.now())
        #expect(state.need(at: clock.now()) == .refuse)
        clock.advance(by: .seconds(5))
        #expect(state.need(at: clock.now()) == .fetch)
        let snapshot = try Snapshots.first()
        state.fetched(snapshot, life: nil, at: clock.now())
        clock.advance(by: .seconds(7200))
        #expect(state.need(at: clock.now()) == .fetch)
        state.failed(at: clock.now())
        #expect(state.need(at: clock.now()) == .use(snapshot))
        clock.advance(by: .seconds(5))
        #expect(state.need(at: clock.now()) == .fetch)
    }

    @Test("unknown keys make the provider be asked once a minute, however many there are")
    func unknownKeys() throws {
        var state = ProviderState()
        let (old, new) = (try Snapshots.first(), try Snapshots.second())
        #expect(state.need(at: clock.now()) == .fetch)
        state.fetched(old, life: nil, at: clock.now())
        #expect(state.needUnknownKey(at: clock.now()) == .fetch)
        #expect(state.needUnknownKey(at: clock.now()) == .join)
        state.fetched(new, life: nil, at: clock.now())
        for _ in 0..<100 { #expect(state.needUnknownKey(at: clock.now()) == .use(new)) }
        clock.advance(by: .seconds(60))
        #expect(state.needUnknownKey(at: clock.now()) == .fetch)
    }

    @Test("a browser is sent over plain HTTP only where the issuer itself is plain")
    func plainAuthorization() throws {
        let (secure, plain) = ("https://id.example", "http://127.0.0.1:9")
        func reads(_ issuer: String, _ authorization: String) throws -> Bool {
            let document = Snapshots.document(of: issuer, authorization: authorization)
            let name = try IssuerURL(issuer)
            return (try? ProviderMetadata(document, of: name)) != nil
        }
        #expect(try reads(secure, "https://id.example/auth"))
        #expect(try !reads(secure, "http://id.example/auth"))
        #expect(try !reads(secure, "http://127.0.0.1/auth"))
        #expect(try reads(plain, "http://127.0.0.1:9/auth"))
        #expect(try reads(plain, "https://id.example/auth"))
    }
}

enum Snapshots {
    static let issuer = "https://id.example"

    static func document(of issuer: String, authorization: String) -> [UInt8] {
        let document: JSONValue = [
            "issuer": .string(issuer), "authorization_endpoint": .string(authorization),
            "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/jwks",
            "id_token_signing_alg_values_supported": ["EdDSA"],
        ]
        return document.encoded()
    }

    static func first() throws -> ProviderSnapshot { try snapshot(key: 1) }
    static func second() throws -> ProviderSnapshot { try snapshot(key: 2) }

    private static func snapshot(key: UInt8) throws -> ProviderSnapshot {
        let keys: JSONValue = [
            "keys": [
                [
                    "kty": "OKP", "crv": "Ed25519", "kid": .string("k\(key)"),
                    "x": .string(Base64URL.encode([UInt8](repeating: key, count: 32))),
                ]
            ]
        ]
        let metadata = try ProviderMetadata(
            document(of: issuer, authorization: "https://id.example/auth"), of: IssuerURL(issuer))
        return ProviderSnapshot(
            metadata: metadata, keys: try KeySet(keys.encoded(), algorithms: metadata.algorithms))
    }
}
