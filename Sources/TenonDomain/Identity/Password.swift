/// A new password, checked: 8 to 128 characters and not a common one. There are no rules of composition
/// (NIST SP 800-63B-4).
public struct Password: Sendable {
    public let secret: Secret

    /// `minimumLength` is a setting, 8 at least, in Unicode scalars.
    public init(_ text: String, minimumLength: Int = 8) throws(Violation) {
        let count = text.unicodeScalars.count
        guard count >= minimumLength else {
            throw Violation(code: "password_too_short", detail: "A password has at least \(minimumLength) characters.")
        }
        guard count <= 128 else {
            throw Violation(code: "password_too_long", detail: "A password has at most 128 characters.")
        }
        guard !CommonPasswords.contains(text) else {
            throw Violation(code: "password_too_common", detail: "This password is on every attacker's list.")
        }
        secret = Secret(text)
    }
}

/// A password as it is stored: a PHC string (`$scrypt$…`, `$argon2id$…`) or a bcrypt hash in modular
/// crypt format (`$2b$…`).
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
