public import TenonDomain
internal import TenonKit

/// Passwords as PHC strings under a policy (OWASP Password Storage): Argon2id (19 MiB, 2 passes, 1 lane) if OpenSSL has
/// it, else scrypt (N = 2^14, r = 8, p = 5). Verifies every format; a format other than the policy's is outdated. All
/// compositions of a text are the same password.
public final class PasswordHashing: PasswordHasher {
    public enum Policy: Sendable {
        case automatic, scrypt, bcrypt
    }

    private let algorithm: StoredPassword.Algorithm
    private let randomness: any Randomness
    private let pool: HashingPool

    /// At most `queueLimit` passwords wait.
    public convenience init(policy: Policy, threads: Int, queueLimit: Int = 64, randomness: any Randomness) {
        let algorithm: StoredPassword.Algorithm =
            switch policy {
            case .bcrypt: .bcrypt(cost: Bcrypt.cost)
            case .automatic where Argon2id.isAvailable: .argon2id(memory: 19_456, passes: 2, lanes: 1)
            case .automatic, .scrypt: .scrypt(logN: 14, r: 8, p: 5)
            }
        self.init(algorithm, threads: threads, queueLimit: queueLimit, randomness: randomness)
    }

    /// Eighty times as fast, and as weak: for tests that do not test the hash.
    package static func weak(threads: Int, randomness: any Randomness) -> PasswordHashing {
        PasswordHashing(.scrypt(logN: 10, r: 8, p: 1), threads: threads, queueLimit: 64, randomness: randomness)
    }

    private init(
        _ algorithm: StoredPassword.Algorithm, threads: Int, queueLimit: Int, randomness: any Randomness
    ) {
        self.algorithm = algorithm
        self.randomness = randomness
        pool = HashingPool(threads: threads, queueLimit: queueLimit)
    }

    /// Refuses waiting work and lets the threads end.
    public func shutdown() {
        pool.stop()
    }

    public func hash(_ password: Secret) async throws(Failure) -> PasswordHash {
        let salt = randomness.bytes(16)
        let encoded = try await pool.run { [algorithm] in
            StoredPassword.make(algorithm, password.composed, salt: salt)
        }
        guard let encoded else { throw .bug("The password hash of the policy is not available") }
        return PasswordHash(encoded: encoded)
    }

    public func verify(
        _ candidate: Secret, against hash: PasswordHash?
    ) async throws(Failure) -> PasswordVerdict {
        try await pool.run { [algorithm] in
            let composed = candidate.composed
            let stored = hash.flatMap { StoredPassword($0.encoded) }
            guard let stored, let isRight = stored.verifies(composed) else {
                // A missing or unsupported hash costs the same time as a current one.
                _ = StoredPassword.make(algorithm, composed, salt: [UInt8](repeating: 0, count: 16))
                return .wrong
            }
            if isRight { return stored.conforms(to: algorithm, of: composed) ? .right : .rightButOutdated }
            // Older hashes are of the text as typed, before passwords were composed.
            return composed != candidate && stored.verifies(candidate) == true ? .rightButOutdated : .wrong
        }
    }
}

/// A parsed stored hash. The limits keep a hash from costing more than a login should.
struct StoredPassword {
    enum Algorithm: Equatable, Sendable {
        case argon2id(memory: UInt32, passes: UInt32, lanes: UInt32)
        case scrypt(logN: Int, r: Int, p: Int)
        case bcrypt(cost: Int)
    }

    private static let length = 32
    private static let saltLength = 16

    let algorithm: Algorithm
    private let salt: [UInt8]
    private let hash: [UInt8]
    private let text: String

    init?(_ text: String) {
        self.text = text
        if let cost = Bcrypt.cost(of: text) {
            (algorithm, salt, hash) = (.bcrypt(cost: cost), [], [])
            return
        }
        var parts = text.split(separator: "$", omittingEmptySubsequences: false)[...]
        guard parts.popFirst() == "", let name = parts.popFirst() else { return nil }
        if name == "argon2id" {
            guard parts.popFirst() == "v=19" else { return nil }
        }
        guard parts.count == 3, let numbers = Self.numbers(parts[parts.startIndex]),
            let salt = PHCBase64.decode(parts[parts.startIndex + 1]), (8...64).contains(salt.count),
            let hash = PHCBase64.decode(parts[parts.startIndex + 2]), (16...64).contains(hash.count)
        else { return nil }
        switch (name, numbers.map(\.0)) {
        case ("scrypt", ["ln", "r", "p"]):
            let (logN, r, p) = (numbers[0].1, numbers[1].1, numbers[2].1)
            guard (10...17).contains(logN), (1...16).contains(r), (1...16).contains(p) else { return nil }
            algorithm = .scrypt(logN: logN, r: r, p: p)
        case ("argon2id", ["m", "t", "p"]):
            let (memory, passes, lanes) = (numbers[0].1, numbers[1].1, numbers[2].1)
            guard (8...65_536).contains(memory), (1...10).contains(passes), (1...16).contains(lanes) else { return nil }
            algorithm = .argon2id(memory: UInt32(memory), passes: UInt32(passes), lanes: UInt32(lanes))
        default: return nil
        }
        self.salt = salt
        self.hash = hash
    }

    /// Whether a new hash of the password under the policy would have the same strength and format.
    func conforms(to policy: Algorithm, of password: Secret) -> Bool {
        guard algorithm == policy else { return false }
        if case .bcrypt = policy {
            return Bcrypt.isOfAll(text)
                || text.hasPrefix("$2b$") && password.withBytes { $0.count <= Bcrypt.maxBytes }
        }
        return salt.count == Self.saltLength && hash.count == Self.length
    }

    /// Nil if the hash cannot be computed here.
    func verifies(_ candidate: Secret) -> Bool? {
        switch algorithm {
        case .bcrypt: Bcrypt.verifies(candidate, text)
        case .scrypt, .argon2id:
            Self.derive(algorithm, candidate, salt, hash.count).map { ConstantTime.areEqual($0, hash) }
        }
    }

    static func make(_ algorithm: Algorithm, _ password: Secret, salt: [UInt8]) -> String? {
        if case .bcrypt = algorithm { return Bcrypt.hash(password, salt: salt) }
        guard let hash = derive(algorithm, password, salt, length) else { return nil }
        let tail = "$\(PHCBase64.encode(salt))$\(PHCBase64.encode(hash))"
        switch algorithm {
        case .scrypt(let logN, let r, let p): return "$scrypt$ln=\(logN),r=\(r),p=\(p)" + tail
        case .argon2id(let memory, let passes, let lanes):
            return "$argon2id$v=19$m=\(memory),t=\(passes),p=\(lanes)" + tail
        case .bcrypt: return nil
        }
    }

    private static func derive(_ algorithm: Algorithm, _ password: Secret, _ salt: [UInt8], _ count: Int) -> [UInt8]? {
        switch algorithm {
        case .scrypt(let logN, let r, let p):
            Scrypt.derive(password, salt: salt, logN: logN, r: r, p: p, count: count)
        case .argon2id(let memory, let passes, let lanes):
            Argon2id.derive(password, salt: salt, memory: memory, passes: passes, lanes: lanes, count: count)
        case .bcrypt: nil
        }
    }

    /// `a=1,b=2` with numbers in their shortest form.
    private static func numbers(_ text: Substring) -> [(Substring, Int)]? {
        var numbers: [(Substring, Int)] = []
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard halves.count == 2, let number = Int(halves[1]), String(number) == halves[1] else { return nil }
            numbers.append((halves[0], number))
        }
        return numbers
    }
}

/// Base 64 of PHC strings: the standard alphabet without padding.
enum PHCBase64 {
    static func encode(_ bytes: [UInt8]) -> String {
        String(Base64.encode(bytes).prefix { $0 != "=" })
    }

    static func decode(_ text: Substring) -> [UInt8]? {
        guard text.utf8.last != UInt8(ascii: "=") else { return nil }
        return Base64.decode(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
    }
}
