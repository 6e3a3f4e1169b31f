internal import TenonDomain
internal import TenonKit

/// Asks a signed-in user for the password again, before an action that a stolen token alone must not allow.
struct PasswordProof: Sendable {
    let transactions: Writes<any RecordsEvents>
    let hasher: any PasswordHasher
    let throttle: SignInThrottle
    let refusals: RefusalThrottle

    /// The index of the first candidate that is the user's password. Fails with `tooManyAttempts`, or with
    /// `wrongPassword` at `pointer` if none is; the audit log records both under `kind`, delayed attempts at most once
    /// a second.
    func execute(
        _ candidates: [Secret], of user: User, for kind: EventKind, at pointer: String, as caller: Caller
    ) async throws(Failure) -> Int {
        let attempt = try await begin(for: user, kind, as: caller)
        defer { throttle.end(attempt) }
        for (place, candidate) in candidates.enumerated() {
            guard try await hasher.verify(candidate, against: user.passwordHash, for: caller) != .wrong else {
                continue
            }
            await throttle.succeeded(attempt)
            return place
        }
        try await record(kind, of: user, ["reason": "wrong_password"], as: caller)
        throw Failure(
            .wrongPassword, "The current password is wrong.",
            violations: [
                Violation(pointer: pointer, code: "wrong_password", detail: "must be the current password")
            ])
    }

    private func begin(
        for user: User, _ kind: EventKind, as caller: Caller
    ) async throws(Failure) -> SignInThrottle.Attempt {
        do throws(Failure) {
            return try await throttle.begin(account: "change/\(user.id)", as: caller)
        } catch {
            if error.code == .tooManyAttempts,
                let details = refusals.admit(error.code.slug, of: user.id.description, in: user.tenant)
            {
                try await record(kind, of: user, details, as: caller)
            }
            throw error
        }
    }

    private func record(
        _ kind: EventKind, of user: User, _ details: [String: JSONValue], as caller: Caller
    ) async throws(Failure) {
        let event = DomainEvent(kind, on: .user(user.id), details)
        try await transactions.write(for: caller) { work throws(Failure) in work.audit(event, .denied) }
    }
}
