internal import TenonDomain
internal import TenonKit

/// Slows down password guessing. Attempts are counted by account and address together, by account from everywhere, and
/// by address for all accounts; unknown names are counted in the same way. An address from which the account has signed
/// in recently is not delayed by attempts on the account from elsewhere.
struct SignInThrottle: Sendable {
    struct Attempt: Sendable {
        /// The account and the address together.
        let both: AttemptKey
        let account: AttemptKey
        let address: AttemptKey
    }

    let attempts: any SignInAttempts
    let digests: any KeyedDigests
    let clock: any WallClock
    /// Attempts on one account from one address before the first delay.
    let free: Int
    /// As many attempts at a time for an account from one address as are free. So parallel attempts with the right password
    /// are not delayed, and parallel guesses are no faster than guesses one after the other.
    private let turns: Turns<[UInt8]>

    init(attempts: any SignInAttempts, digests: any KeyedDigests, clock: any WallClock, free: Int) {
        self.attempts = attempts
        self.digests = digests
        self.clock = clock
        self.free = free
        turns = Turns(width: max(1, free), waiting: 64, patience: .seconds(5))
    }

    /// Counts the attempt before it is made, so that parallel attempts cannot bypass the limit; it is in progress until
    /// `end`. Fails with `tooManyAttempts`.
    func begin(account: String, as caller: Caller) async throws(Failure) -> Attempt {
        let address = Self.address(of: caller.origin)
        let both = key("both", account, address, free: free, longest: .seconds(900))
        let attempt = Attempt(
            both: both,
            account: key(
                "account", account, "", free: 4 * free, longest: .seconds(60),
                exemption: address.isEmpty ? nil : both.digest),
            address: key("address", "", address, free: 10 * free, longest: .seconds(900)))
        try await caller.waiting(for: caller.tenant) { () async throws(Failure) in try await wait(for: both) }
        do throws(Failure) {
            try await begin([attempt.both, attempt.account, attempt.address])
        } catch {
            end(attempt)
            throw error
        }
        return attempt
    }

    private func wait(for key: AttemptKey) async throws(Failure) {
        do throws(TurnError) {
            try await turns.take(key.digest)
        } catch {
            switch error {
            case .cancelled: throw Failure(.cancelled, "The request was cancelled.")
            case .tooManyWait, .timedOut:
                throw Failure(.tooManyAttempts, "Try again later.", retryAfter: .seconds(1))
            }
        }
    }

    /// The attempt has finished, with either outcome.
    func end(_ attempt: Attempt) {
        turns.end(attempt.both.digest)
    }

    /// Counts a registration, successful or not: each creates a tenant and costs a hash. Fails with `tooManyAttempts`.
    func beginRegistration(from origin: Origin) async throws(Failure) {
        try await begin([key("register", "", Self.address(of: origin), free: 2 * free, longest: .seconds(900))])
    }

    private func begin(_ keys: [AttemptKey]) async throws(Failure) {
        let now = clock.now()
        if let end = try await attempts.begin(keys, at: now) {
            throw Failure(.tooManyAttempts, "Too many attempts. Try again after `Retry-After`.", retryAfter: end - now)
        }
    }

    /// Deletes the attempts on the account or, with `isForgotten` false, subtracts this one from the counts. Ignores a
    /// failure to store: counts expire.
    func succeeded(_ attempt: Attempt, isForgotten: Bool = true) async {
        let account = [attempt.both, attempt.account]
        try? await attempts.succeeded(
            forgotten: isForgotten ? account : [],
            lessened: isForgotten ? [attempt.address] : account + [attempt.address],
            exemption: attempt.account.exemption, at: clock.now())
    }

    /// Empty if the address is unknown.
    private static func address(of origin: Origin) -> String {
        origin.address.flatMap { IPAddress($0) }?.subscriber.description ?? ""
    }

    private func key(
        _ kind: String, _ account: String, _ address: String, free: Int, longest: Duration, exemption: [UInt8]? = nil
    ) -> AttemptKey {
        let text = [kind, account, address].map { "\($0.utf8.count):\($0)" }.joined()
        return AttemptKey(
            digest: digests.digest(text, for: .signInAttempt), policy: AttemptPolicy(free: free, longest: longest),
            exemption: exemption)
    }
}
