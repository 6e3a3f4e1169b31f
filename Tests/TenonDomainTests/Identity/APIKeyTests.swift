import TenonKit
import TestSupport
import Testing

@testable import TenonDomain

@Suite struct APIKeyTests {
    private struct Dice: Randomness {
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }
    }

    private let now = Timestamp(millisecondsSince1970: 1_800_000_000_000)

    private func credential(_ number: UInt8, _ signing: SigningMaterial? = nil) -> APIKeyCredential {
        APIKeyCredential(
            id: Identifier(high: 0, low: UInt64(number)), publicPart: "tnk_0000000\(number)", digest: [number],
            signing: signing, createdAt: now)
    }

    private func key(
        _ change: (inout APIKeyTerms) throws -> Void = { _ in }, signing: SigningMaterial? = nil
    ) throws -> APIKey {
        var terms = APIKeyTerms(name: try DisplayName("ci"), scopes: [.configsRead])
        try change(&terms)
        return try APIKey.create(
            id: Identifier(high: 1, low: 2), tenant: Identifier(high: 3, low: 4), terms: terms,
            credential: credential(1, signing), by: "usr_x", at: now
        ).0
    }

    @Test("A fresh text has the form that scanners look for, and is read back")
    func text() throws {
        let pattern = try Pattern("^tnk_[0-9A-Za-z]{46}$")
        var seen: Set<String> = []
        for _ in 0..<200 {
            let made = APIKeyText.random(by: Dice())
            let text = made.secret.revealedText()
            #expect(pattern.matches(text))
            #expect(seen.insert(text).inserted)
            #expect(APIKeyText(text)?.secret == made.secret)
            #expect(made.publicPart == String(text.prefix(12)))
        }
    }

    @Test("Every single mistyped character, and every two that changed places, are found by the checksum")
    func checksum() {
        let text = Array(APIKeyText.random(by: Dice()).secret.revealedText())
        for index in text.indices {
            var wrong = text
            wrong[index] = text[index] == "a" ? "b" : "a"
            #expect(APIKeyText(String(wrong)) == nil)
            if index > 0, text[index] != text[index - 1] {
                wrong = text
                wrong.swapAt(index, index - 1)
                #expect(APIKeyText(String(wrong)) == nil)
            }
        }
        for junk in ["", "tnk_", String(text) + "0", String(text.dropLast()), "eyJhbGciOiJFZDI1NTE5In0.e30.AA"] {
            #expect(APIKeyText(junk) == nil)
        }
    }

    @Test("what was made, changed, rotated and taken away stands in the events with what it was before")
    func changes() throws {
        let terms = APIKeyTerms(name: try DisplayName("ci"), scopes: [.configsRead])
        let (made, created) = try APIKey.create(
            id: Identifier(high: 1, low: 2), tenant: Identifier(high: 3, low: 4), terms: terms,
            credential: credential(1), by: "usr_x", at: now)
        #expect(created.change.before.isEmpty && created.change.after["scopes"] == ["configs:read"])
        var wider = terms
        wider.scopes.insert(.configsWrite)
        let (changed, updated) = try #require(try made.changed(to: wider, at: now))
        #expect(updated.change.before == ["scopes": ["configs:read"]])
        #expect(updated.change.after == ["scopes": ["configs:read", "configs:write"]])
        let rotated = try changed.rotated(to: credential(2), overlap: .seconds(60), at: now).1
        #expect(Set(rotated.change.before.keys) == ["credentials"])
        #expect(rotated.change.before["credentials"]?.arrayValue?.count == 1)
        #expect(
            rotated.change.after["credentials"]?.arrayValue?.map { $0["secret"] } == ["tnk_00000002", "tnk_00000001"])
        let revoked = changed.revoked().change
        #expect(revoked.after.isEmpty && revoked.before["name"] == "ci")
    }

    @Test("A rotation leaves two live secrets, and refuses a third until the older has ended")
    func rotation() throws {
        let first = try key()
        let (second, event) = try first.rotated(to: credential(2), overlap: .seconds(100), at: now)
        #expect(event.kind == .apiKeyRotated)
        #expect(second.version == 2)
        for digest: UInt8 in [1, 2] { #expect(second.refusal(ofSecret: [digest], from: nil, at: now) == nil) }
        let refused = #expect(throws: Failure.self) {
            try second.rotated(to: credential(3), overlap: .seconds(100), at: now + .seconds(99))
        }
        #expect(refused?.code == .apiKeyRotating)
        let later = now + .seconds(100)
        #expect(second.refusal(ofSecret: [1], from: nil, at: later) == .superseded)
        let third = try second.rotated(to: credential(3), overlap: .seconds(100), at: later).0
        #expect(third.credentials.map(\.digest) == [[3], [2]])
    }

    @Test("A rotation without an overlap ends all older secrets at once")
    func rotationAfterALeak() throws {
        let second = try key().rotated(to: credential(2), overlap: .seconds(100), at: now).0
        let third = try second.rotated(to: credential(3), overlap: .zero, at: now).0
        for digest: UInt8 in [1, 2] { #expect(third.refusal(ofSecret: [digest], from: nil, at: now) == .superseded) }
        #expect(third.refusal(ofSecret: [3], from: nil, at: now) == nil)
    }

    @Test("A key is refused behind its end, while disabled, and from addresses outside of its networks")
    func refusals() throws {
        let bounded = try key {
            $0.expiresAt = now + .seconds(10)
            $0.networks = try AllowedNetworks(["10.0.0.0/8", "2001:db8::/32"])
        }
        #expect(bounded.refusal(from: "10.1.2.3", at: now) == nil)
        #expect(bounded.refusal(from: "::ffff:10.1.2.3", at: now) == nil)
        #expect(bounded.refusal(from: "2001:db8::1", at: now) == nil)
        for address in ["11.0.0.1", "2001:db9::1", nil, "nonsense"] {
            #expect(bounded.refusal(from: address, at: now) == .addressNotAllowed)
        }
        #expect(bounded.refusal(from: "10.1.2.3", at: now + .seconds(10)) == .expired)
        #expect(try key { $0.status = .disabled }.refusal(from: nil, at: now) == .disabled)
    }

    @Test("A key that requires signatures has a signing key, and its bare secret is refused")
    func requiredSignature() throws {
        let refused = #expect(throws: Failure.self) { try key { $0.requiresSignature = true } }
        #expect(refused?.violations.first?.pointer == "/requires_signature")
        let signed = try key({ $0.requiresSignature = true }, signing: .ed25519([]))
        #expect(signed.refusal(ofSecret: [1], from: nil, at: now) == .signatureRequired)
        #expect(signed.refusal(from: nil, at: now) == nil)
        #expect(throws: Failure.self) { try signed.rotated(to: credential(2), overlap: .zero, at: now) }
    }

    @Test("A key does not begin in its own past; terms that stay are no change")
    func terms() throws {
        #expect(throws: Failure.self) { try self.key { $0.expiresAt = now } }
        let key = try self.key()
        #expect(try key.changed(to: key.terms, at: now) == nil)
        var terms = key.terms
        terms.status = .disabled
        let (changed, event) = try #require(try key.changed(to: terms, at: now))
        #expect(changed.version == 2)
        #expect(event.details["status"] == "disabled")
    }

    @Test("Networks are at most 50 and each once; what is none is named by its place")
    func networks() throws {
        func violations(_ texts: [String]) -> [Violation] {
            do throws(Failure) {
                _ = try AllowedNetworks(texts)
                return []
            } catch { return error.violations }
        }
        #expect(violations(["10.0.0.0/8", "10.0.0.1/8", "x"]).map(\.pointer) == ["/1", "/2"])
        #expect(violations(["10.0.0.0/8", "10.0.0.0/8"]).map(\.code) == ["duplicate_cidr"])
        #expect(violations((0..<51).map { "10.0.0.\($0)" }).map(\.code) == ["too_many_cidrs"])
        #expect(violations((0..<50).map { "10.0.0.\($0)" }).isEmpty)
    }
}
