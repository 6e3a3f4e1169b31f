internal import TenonDomain

/// Slows down who tries passwords: by account and address together, by account from everywhere, and by address for all
/// accounts. A name that nobody has is counted as one that somebody has.
struct SignInThrottle: Sendable {
    struct Attempt: Sendable {
        let account: [AttemptKey]
        let address: [AttemptKey]
    }

    let attempts: any SignInAttempts
    let digests: any KeyedDigests
    let clock: any WallClock
    /// Attempts on one account from one address that cost no wait.
    let free: Int

    /// Counts the attempt before it is made, so that many at once are no way around. Fails with `tooManyAttempts`.
    func begin(account: String, from origin: Origin) async throws(Failure) -> Attempt {
        let address = origin.address.flatMap { IPAddress($0) }?.subscriber.description ?? ""
        let attempt = Attempt(
            account: [
                key("both", account, address, free: free, longest: .seconds(900)),
                key("account", account, "", free: 4 * free, longest: .seconds(60)),
            ],
            address: [key("address", "", address, free: 10 * free, longest: .seconds(900))])
        let now = clock.now()
        if let end = try await attempts.begin(attempt.account + attempt.address, at: now) {
            throw Failure(.tooManyAttempts, "Try again later.", retryAfter: end - now)
        }
        return attempt
    }

    /// Forgets the attempts on the account, or takes this one from them. Nothing is lost where that cannot be stored: the
    /// count forgets by itself.
    func succeeded(_ attempt: Attempt, isForgotten: Bool = true) async {
        try? await attempts.succeeded(
            forgotten: isForgotten ? attempt.account : [],
            lessened: isForgotten ? attempt.address : attempt.account + attempt.address)
    }

    private func key(
        _ kind: String, _ account: String, _ address: String, free: Int, longest: Duration
    ) -> AttemptKey {
        let text = [kind, account, address].map { "\($0.utf8.count):\($0)" }.joined()
        return AttemptKey(
            digest: digests.digest(text, for: .signInAttempt), policy: AttemptPolicy(free: free, longest: longest))
    }
}
