/// The rules of a new password: a minimum and a maximum length, and not a common password. There are no composition
/// rules (NIST SP 800-63B-4).
public struct PasswordPolicy: Sendable {
    public static let maxLength = 128

    /// In Unicode scalars; at least 8.
    public let minimumLength: Int

    public init(minimumLength: Int = 8) {
        self.minimumLength = max(8, minimumLength)
    }

    /// Returns the password, or fails with a violation at `pointer` that does not contain it. `own` are names and
    /// addresses of the user and the tenant, which someone who knows them would try.
    public func check(
        _ password: Secret, at pointer: String = "/password", own: [String] = []
    ) throws(Failure) -> Secret {
        let text = password.revealedText()
        let count = text.unicodeScalars.count
        guard count >= minimumLength else {
            throw .invalid(
                "password_too_short", "must be at least \(minimumLength) characters", at: pointer)
        }
        guard count <= Self.maxLength else {
            throw .invalid(
                "password_too_long", "must be at most \(Self.maxLength) characters", at: pointer)
        }
        guard !CommonPasswords.contains(text, own: Self.words(of: own)) else {
            throw .invalid(
                "password_too_common", "is a common password; choose one that is harder to guess", at: pointer)
        }
        return password
    }

    /// Each name as a whole, and its parts.
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

/// A stored password hash: a PHC string (`$scrypt$…`, `$argon2id$…`, `$bcrypt-sha256$…`) or a bcrypt hash in modular
/// crypt format (`$2b$…`).
public struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
    public let encoded: String

    public init(encoded: String) {
        self.encoded = encoded
    }

    public var description: String { "<redacted>" }
}

/// Hashes and verifies passwords, off the cooperative threads.
public protocol PasswordHasher: Sendable {
    /// Hashes with the current policy. Fails as `unavailable` when the bounded queue is full.
    func hash(_ password: Secret) async throws(Failure) -> PasswordHash

    /// Verifies a candidate against any supported format. A nil hash takes the same time and never matches, so that the
    /// time does not reveal whether an account exists.
    func verify(_ candidate: Secret, against hash: PasswordHash?) async throws(Failure) -> PasswordVerdict
}

public enum PasswordVerdict: Sendable, Equatable {
    case wrong
    case right
    /// Correct, but hashed with parameters of an older policy: hash it again.
    case rightButOutdated
}
