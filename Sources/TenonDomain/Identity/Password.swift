/// What a new password must be: long enough, not too long, and not a common one. There are no rules of
/// composition (NIST SP 800-63B-4).
public struct PasswordPolicy: Sendable {
    public static let maxLength = 128

    /// In Unicode scalars; 8 at least.
    public let minimumLength: Int

    public init(minimumLength: Int = 8) {
        self.minimumLength = max(8, minimumLength)
    }

    /// The password again, or a violation that does not repeat it, at `pointer`. `own` are names and addresses of the user
    /// and the tenant, that whoever knows them tries.
    public func check(
        _ password: Secret, at pointer: String = "/password", own: [String] = []
    ) throws(Failure) -> Secret {
        let text = password.revealedText()
        let count = text.unicodeScalars.count
        guard count >= minimumLength else {
            throw .invalid(
                "password_too_short", "A password has at least \(minimumLength) characters.", at: pointer)
        }
        guard count <= Self.maxLength else {
            throw .invalid(
                "password_too_long", "A password has at most \(Self.maxLength) characters.", at: pointer)
        }
        guard !CommonPasswords.contains(text, own: Self.words(of: own)) else {
            throw .invalid("password_too_common", "This password is on every attacker's list.", at: pointer)
        }
        return password
    }

    /// Each as a whole, and its parts.
    private static func words(of names: [String]) -> Set<String> {
        var words: Set<String> = []
        for name in names.map({ $0.lowercased() }) {
            let parts = name.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            words.formUnion(parts)
            words.insert(name)
            words.insert(parts.joined())
        }
        return words.filter { $0.count >= 3 }
    }
}

/// A password as it is stored: a PHC string (`$scrypt$…`, `$argon2id$…`, `$bcrypt-sha256$…`) or a bcrypt hash in
/// modular crypt format (`$2b$…`).
public struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
    public let encoded: String

    public init(encoded: String) {
        self.encoded = encoded
    }

    public var description: String { "<redacted>" }
}

/// Turns passwords into hashes and checks them, off the cooperative threads.
public protocol PasswordHasher: Sendable {
    /// Hashes under today's policy. Fails as `unavailable` when the bounded queue is full.
    func hash(_ password: Secret) async throws(Failure) -> PasswordHash

    /// Checks a candidate against any format that was ever the policy. A nil hash costs the same time and
    /// never matches: nobody learns from the time whether an account exists.
    func verify(_ candidate: Secret, against hash: PasswordHash?) async throws(Failure) -> PasswordVerdict
}

public enum PasswordVerdict: Sendable, Equatable {
    case wrong
    case right
    /// Right, and stored under parameters that are no longer the policy: hash it again.
    case rightButOutdated
}
