import Synchronization
import TenonDomain

/// A hasher whose hashes cost nothing and are counted: a real one costs as much for each of them.
final class CountedHashes: PasswordHasher {
    private let made = Mutex(0)

    /// How many were made, to be stored or to be compared.
    var count: Int { made.withLock { $0 } }

    /// What was the policy once.
    static func outdated(_ password: String) -> PasswordHash { PasswordHash(encoded: "outdated$0$\(password)") }

    func hash(_ password: Secret) async throws(Failure) -> PasswordHash {
        // The number is the salt.
        PasswordHash(encoded: "counted$\(next())$\(password.revealedText())")
    }

    func verify(_ candidate: Secret, against hash: PasswordHash?) async throws(Failure) -> PasswordVerdict {
        _ = next()
        let parts = hash?.encoded.split(separator: "$", maxSplits: 2) ?? []
        guard parts.count == 3, parts[2] == candidate.revealedText() else { return .wrong }
        return parts[0] == "counted" ? .right : .rightButOutdated
    }

    private func next() -> Int {
        made.withLock { made in
            made += 1
            return made
        }
    }
}
