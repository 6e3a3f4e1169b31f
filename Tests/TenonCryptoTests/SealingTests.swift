import TenonDomain
import TenonMemory
import TestSupport
import Testing

@testable import TenonCrypto

@Suite struct SealingTests {
    private let clock = ManualClock()
    private let randomness = SystemRandomness()
    private let ids = Identifiers.forTests()

    private func sealer(_ keks: KeyEncryptionKeys, _ memory: MemoryTransactions) -> EnvelopeSealer {
        EnvelopeSealer(keks: keks, dataKeys: MemoryKeys(memory), randomness: randomness, clock: clock)
    }

    private func prepared() async throws -> (EnvelopeSealer, TenantID, MemoryTransactions, Secret) {
        let memory = MemoryTransactions(clock: clock, identifiers: ids)
        let key = Secret(randomness.bytes(32))
        let sealer = sealer(KeyEncryptionKeys([1: key]), memory)
        let tenant: TenantID = ids.next()
        try await MemoryKeys(memory).addIfAbsent(try sealer.firstKey(for: tenant))
        return (sealer, tenant, memory, key)
    }

    @Test("what is sealed opens at its place, also in another process")
    func roundTrip() async throws {
        let (sealer, tenant, memory, key) = try await prepared()
        let place = SealPlace(tenant: tenant, table: "t", row: tenant, field: "f")
        for plaintext in [[], [1], Array("geheim".utf8), [UInt8](repeating: 7, count: 100_000)] as [[UInt8]] {
            let sealed = try await sealer.seal(plaintext, at: place)
            #expect(try await sealer.open(sealed, at: place) == plaintext)
            let other = self.sealer(KeyEncryptionKeys([1: key]), memory)
            #expect(try await other.open(sealed, at: place) == plaintext)
        }
        #expect(try await sealer.seal([1], at: place) != sealer.seal([1], at: place))
    }

    @Test("a seal that is moved does not open: not at another tenant, table, row or field")
    func moved() async throws {
        let (sealer, tenant, memory, _) = try await prepared()
        let stranger: TenantID = ids.next()
        try await MemoryKeys(memory).addIfAbsent(try sealer.firstKey(for: stranger))
        let place = SealPlace(tenant: tenant, table: "t", row: tenant, field: "f")
        let sealed = try await sealer.seal([1, 2, 3], at: place)
        for other in [
            SealPlace(tenant: stranger, table: "t", row: tenant, field: "f"),
            SealPlace(tenant: tenant, table: "u", row: tenant, field: "f"),
            SealPlace(tenant: tenant, table: "t", row: stranger, field: "f"),
            SealPlace(tenant: tenant, table: "t", row: tenant, field: "g"),
            SealPlace(tenant: tenant, table: "", row: tenant, field: "tf"),
        ] {
            let refused = await failure { () throws(Failure) in try await sealer.open(sealed, at: other) }
            #expect(refused?.code == .internalError)
        }
    }

    @Test("every changed byte is noticed")
    func tampered() async throws {
        let (sealer, tenant, _, _) = try await prepared()
        let place = SealPlace(tenant: tenant, table: "t", row: tenant, field: "f")
        let sealed = try await sealer.seal(Array("value".utf8), at: place)
        for index in sealed.bytes.indices {
            var bytes = sealed.bytes
            bytes[index] ^= 1
            let refused = await failure { () throws(Failure) in try await sealer.open(SealedBytes(bytes), at: place) }
            #expect(refused != nil, "byte \(index)")
        }
        for length in 0..<sealed.bytes.count {
            let cut = SealedBytes(Array(sealed.bytes.prefix(length)))
            #expect(await failure { () throws(Failure) in try await sealer.open(cut, at: place) } != nil)
        }
    }

    @Test("a newer KEK wraps, older ones still open")
    func versions() async throws {
        let (sealer, tenant, memory, key) = try await prepared()
        let place = SealPlace(tenant: tenant, table: "t", row: tenant, field: "f")
        let sealed = try await sealer.seal([9], at: place)
        let both = KeyEncryptionKeys([1: key, 2: Secret(randomness.bytes(32))])
        #expect(try await self.sealer(both, memory).open(sealed, at: place) == [9])
        #expect(try self.sealer(both, memory).firstKey(for: tenant).kekVersion == 2)
    }

    @Test("another key, and a missing one, are named by their variables and not shown")
    func wrongKeys() async throws {
        let (_, _, memory, _) = try await prepared()
        let other = Secret(Array("0123456789abcdef0123456789abcdef".utf8))
        for (keks, code, words) in [
            (KeyEncryptionKeys([1: other]), FailureCode.keyEncryptionKeyWrong, "ENCRYPTION_KEY cannot open"),
            (KeyEncryptionKeys([2: other]), .keyEncryptionKeyMissing, "ENCRYPTION_KEY, which is not set"),
        ] {
            let refused = await failure { () throws(Failure) in try await open(keks, memory) }
            #expect(refused?.code == code)
            #expect(refused?.detail.contains(words) == true)
            #expect(refused?.detail.contains("0123456789") == false)
        }
    }

    @Test("the installation's keys are made once and found again")
    func installation() async throws {
        let (_, _, memory, key) = try await prepared()
        let keks = KeyEncryptionKeys([1: key])
        let first = try await open(keks, memory)
        let second = try await open(keks, memory)
        #expect(first.digests.digest("a", for: .email) == second.digests.digest("a", for: .email))
        #expect(first.digests.digest("a", for: .email) != first.digests.digest("a", for: .username))
        #expect(first.signingKeys.map(\.keyID) == second.signingKeys.map(\.keyID))
    }

    private func open(
        _ keks: KeyEncryptionKeys, _ memory: MemoryTransactions
    ) async throws(Failure) -> InstallationKeys {
        try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory),
            randomness: randomness, clock: clock)
    }

    @Test("keys are read in base 64 of either alphabet and in hexadecimal, of 32 bytes only")
    func parsing() {
        let bytes = [UInt8](repeating: 0xFB, count: 32)
        let base64 = "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s="
        for text in [
            base64, base64.filter { $0 != "=" }, base64.map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }.joined(),
            String(repeating: "fb", count: 32), String(repeating: "FB", count: 32),
        ] {
            #expect(KeyEncryptionKeys.parse(text) == Secret(bytes), "\(text)")
        }
        for text in [
            "", "short", String(repeating: "fb", count: 31), String(repeating: "fb", count: 33), "\(base64)AA",
        ] {
            #expect(KeyEncryptionKeys.parse(text) == nil, "\(text)")
        }
        #expect(KeyEncryptionKeys.isWeak(Secret(bytes)))
        #expect(!KeyEncryptionKeys.isWeak(Secret(randomness.bytes(32))))
    }
}

@Suite struct PasswordHashingTests {
    private let randomness = SystemRandomness()

    @Test("a hash verifies, another password does not, and nobody matches no hash")
    func policy() async throws {
        let hashing = PasswordHashing(policy: .scrypt, threads: 2, randomness: randomness)
        defer { hashing.shutdown() }
        let hash = try await hashing.hash(Secret("SecurePassword123".utf8))
        #expect(hash.encoded.hasPrefix("$scrypt$ln=14,r=8,p=5$"))
        #expect(try await hashing.verify(Secret("SecurePassword123".utf8), against: hash) == .right)
        #expect(try await hashing.verify(Secret("SecurePassword124".utf8), against: hash) == .wrong)
        #expect(try await hashing.verify(Secret("SecurePassword123".utf8), against: nil) == .wrong)
        #expect(try await hashing.verify(Secret("x".utf8), against: PasswordHash(encoded: "nonsense")) == .wrong)
    }

    @Test("bcrypt hashes of other systems verify and are outdated")
    func bcrypt() async throws {
        let hashing = PasswordHashing(policy: .scrypt, threads: 1, randomness: randomness)
        defer { hashing.shutdown() }
        // From the test vectors of OpenBSD's bcrypt: password "U*U".
        let hash = PasswordHash(encoded: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")
        #expect(try await hashing.verify(Secret("U*U".utf8), against: hash) == .rightButOutdated)
        #expect(try await hashing.verify(Secret("U*V".utf8), against: hash) == .wrong)
    }

    @Test("under bcrypt all of a long password counts, and hashes from before verify and ask for another one")
    func longPasswords() async throws {
        let hashing = PasswordHashing(policy: .bcrypt, threads: 1, randomness: randomness)
        defer { hashing.shutdown() }
        let long = String(repeating: "Secure-Pass1", count: 7)
        let hash = try await hashing.hash(Secret(long))
        #expect(hash.encoded.hasPrefix("$bcrypt-sha256$v=2,t=2b,r=12$") && hash.encoded.utf8.count == 83)
        #expect(try await hashing.verify(Secret(long), against: hash) == .right)
        for wrong in [String(long.prefix(72)), long.dropLast() + "2", String(long.dropLast()), long + "1", ""] {
            #expect(try await hashing.verify(Secret(wrong), against: hash) == .wrong, "\(wrong)")
        }
        // 72 bytes are bcrypt's own, whatever characters they make.
        for short in [String(long.prefix(72)), String(repeating: "🐲", count: 18)] {
            let plain = try await hashing.hash(Secret(short))
            #expect(plain.encoded.hasPrefix("$2b$12$"))
            #expect(try await hashing.verify(Secret(short), against: plain) == .right)
            // It cannot tell a longer one from it; a login makes a hash of all of it.
            #expect(try await hashing.verify(Secret(short + "x"), against: plain) == .rightButOutdated)
        }
        #expect(try await hashing.hash(Secret(String(repeating: "🐲", count: 19))).encoded.hasPrefix("$bcrypt-sha256$"))
    }

    @Test("a hash of passlib's bcrypt_sha256 verifies")
    func passlib() async throws {
        let hashing = PasswordHashing(policy: .bcrypt, threads: 1, randomness: randomness)
        defer { hashing.shutdown() }
        // From passlib's documentation: password "password".
        let text = "$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2"
        #expect(try await hashing.verify(Secret("password"), against: PasswordHash(encoded: text)) == .right)
        #expect(try await hashing.verify(Secret("passwort"), against: PasswordHash(encoded: text)) == .wrong)
        for broken in ["r=31", "r=1", "r=012"] {
            #expect(StoredPassword(text.replacing("r=12", with: broken)) == nil)
        }
        #expect(StoredPassword(String(text.dropLast())) == nil)
        #expect(StoredPassword(text.replacing("uku$", with: "uk$u")) == nil)
    }

    @Test(
        "a stored hash cannot ask for more than the bounds",
        arguments: [
            "$scrypt$ln=31,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=14,r=800,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=014,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$r=8,ln=14,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=10485760,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$m=19456,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=14,r=8,p=1$c29tZXNhbHQ", "$scrypt$ln=14,r=8,p=1$c29tZXNhbHQ$", "$pbkdf2$i=1$x$y", "",
        ])
    func bounds(text: String) {
        #expect(StoredPassword(text) == nil)
    }

    @Test("past the queue's bound it refuses with a time to come back; a cancelled waiter frees its place")
    func overload() async throws {
        let hashing = PasswordHashing(policy: .bcrypt, threads: 1, queueLimit: 1, randomness: randomness)
        defer { hashing.shutdown() }
        let outcomes = await withTaskGroup(of: FailureCode?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await failure { () throws(Failure) in try await hashing.hash(Secret("SecurePassword123".utf8)) }?
                        .code
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains(.hashingOverloaded))
        #expect(outcomes.contains(nil))
        let cancelled = Task {
            await failure { () throws(Failure) in try await hashing.hash(Secret("SecurePassword123".utf8)) }?.code
        }
        cancelled.cancel()
        let outcome = await cancelled.value
        #expect(outcome == .cancelled || outcome == nil)
        #expect(try await hashing.hash(Secret("SecurePassword123".utf8)).encoded.hasPrefix("$2b$12$"))
    }
}
