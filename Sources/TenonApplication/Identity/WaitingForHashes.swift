internal import TenonDomain

// Passwords wait in the hasher's queue, and a hash takes 100 to 200 milliseconds of another thread: the request
// releases its slot meanwhile.
extension PasswordHasher {
    /// Fails like `hash` and `Caller.waiting`.
    func hash(_ password: Secret, for caller: Caller) async throws(Failure) -> PasswordHash {
        try await caller.waiting(for: caller.tenant) { () async throws(Failure) in try await hash(password) }
    }

    /// Fails like `verify` and `Caller.waiting`.
    func verify(
        _ candidate: Secret, against hash: PasswordHash?, for caller: Caller
    ) async throws(Failure) -> PasswordVerdict {
        try await caller.waiting(for: caller.tenant) { () async throws(Failure) in
            try await verify(candidate, against: hash)
        }
    }
}
