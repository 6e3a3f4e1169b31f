import TenonDomain
import Testing

@testable import TenonCrypto

@Suite struct ComposedPasswordTests {
    private func verdict(_ candidate: Secret, of password: Secret) async throws -> PasswordVerdict {
        let hasher = PasswordHashing.weak(threads: 1, randomness: SystemRandomness())
        defer { hasher.shutdown() }
        return try await hasher.verify(candidate, against: try await hasher.hash(password))
    }

    @Test(
        "a password is the same however its characters are composed",
        arguments: [("pâssword-é", "pa\u{302}ssword-e\u{301}"), ("각하각하각하", "\u{1100}\u{1161}\u{11A8}하각하각하")])
    func composition(one: String, other: String) async throws {
        #expect(Array(one.utf8) != Array(other.utf8))
        #expect(try await verdict(Secret(other), of: Secret(one)) == .right)
        #expect(try await verdict(Secret(one), of: Secret(other)) == .right)
        #expect(try await verdict(Secret(one + "x"), of: Secret(other)) == .wrong)
    }

    @Test("a hash of a password as it was typed, from before, is right once more and asks for another hash")
    func before() async throws {
        let hasher = PasswordHashing(policy: .scrypt, threads: 1, randomness: SystemRandomness())
        defer { hasher.shutdown() }
        let typed = Secret("pa\u{302}ssword-e\u{301}")
        let old = try #require(
            StoredPassword.make(.scrypt(logN: 14, r: 8, p: 5), typed, salt: [UInt8](repeating: 7, count: 16)))
        #expect(try await hasher.verify(typed, against: PasswordHash(encoded: old)) == .rightButOutdated)
        #expect(try await hasher.verify(Secret("pâssword-é"), against: PasswordHash(encoded: old)) == .wrong)
    }

    @Test("what is no text is a password as it is")
    func asItIs() async throws {
        let hasher = PasswordHashing.weak(threads: 1, randomness: SystemRandomness())
        defer { hasher.shutdown() }
        let bytes: [UInt8] = [0xC3, 0x28, 0xFF, 0x65, 0xCC, 0x81]
        #expect(try await hasher.verify(Secret(bytes), against: try await hasher.hash(Secret(bytes))) == .right)
        #expect(try await hasher.verify(Secret([0xC3, 0x28]), against: try await hasher.hash(Secret(bytes))) == .wrong)
    }
}
