internal import TenonDomain

/// Asks a user who has signed in for the password once more, before something that a stolen token alone must not do.
struct PasswordProof: Sendable {
    let transactions: any Transactions
    let hasher: any PasswordHasher
    let throttle: SignInThrottle

    /// The index of the first candidate that is the user's password. Fails with `tooManyAttempts`, or with
    /// `wrongPassword` at `pointer` where none is; the audit log records that under `kind`.
    func execute(
        _ candidates: [Secret], of user: User, for kind: EventKind, at pointer: String, as caller: Caller
    ) async throws(Failure) -> Int {
        let attempt = try await throttle.begin(account: "change/\(user.id)", from: caller.origin)
        for (place, candidate) in candidates.enumerated() {
            guard try await hasher.verify(candidate, against: user.passwordHash) != .wrong else { continue }
            await throttle.succeeded(attempt)
            return place
        }
        let event = DomainEvent(kind, on: .user(user.id), ["reason": "wrong_password"])
        try await transactions.write(for: caller) { work throws(Failure) in work.audit(event, .denied) }
        throw Failure(
            .wrongPassword, "The current password is wrong.",
            violations: [
                Violation(pointer: pointer, code: "wrong_password", detail: "This is not the current password.")
            ])
    }
}
