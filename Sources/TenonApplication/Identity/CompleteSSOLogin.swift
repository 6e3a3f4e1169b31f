public import TenonDomain

/// Completes a login with the identity provider's response, and starts a session.
public struct CompleteSSOLogin: Sendable {
    public struct Input: Sendable {
        public let connection: SSOConnectionID
        /// The same as at the start of the login.
        public let redirectURI: String
        public let state: String
        /// The value that the browser stored; nil if there is none.
        public let binding: String?
        /// Nil if the provider refused.
        public let answer: AuthorizationAnswer?
        /// The provider's reason (RFC 6749 §4.1.2.1); untrusted text.
        public let error: String?

        public init(
            connection: SSOConnectionID, redirectURI: String, state: String, binding: String?,
            answer: AuthorizationAnswer?, error: String?
        ) {
            self.connection = connection
            self.redirectURI = redirectURI
            self.state = state
            self.binding = binding
            self.answer = answer
            self.error = error
        }
    }

    private let find: FindSSOConnection
    private let provider: any IdentityProvider
    private let logins: SSOLogins
    private let sealer: any ValueSealer
    private let signIn: SignInOverSSO
    private let transactions: Writes<any HasSSO & RecordsEvents>
    private let clock: any WallClock
    private let refusals: RefusalThrottle

    init(
        find: FindSSOConnection, provider: any IdentityProvider, logins: SSOLogins, sealer: any ValueSealer,
        signIn: SignInOverSSO, transactions: any Transactions, clock: any WallClock
    ) {
        self.find = find
        self.provider = provider
        self.logins = logins
        self.sealer = sealer
        self.signIn = signIn
        self.transactions = Writes(transactions) { $0 }
        self.clock = clock
        refusals = RefusalThrottle(clock: clock)
    }

    /// Fails with `ssoConnectionNotFound`, `ssoStateMismatch`, `ssoRefused`, `ssoAccountRefused`, `ssoAccountExists`,
    /// `accountSuspended`, `tenantSuspended` and `identityProviderUnavailable`. A refusal is recorded in the audit log,
    /// at most once a second for each reason.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> TokenPair {
        let connection = try await find.execute(input.connection)
        do throws(Failure) {
            let identity = try await identity(input, over: connection, as: caller)
            return try await signIn.execute(identity, over: connection.id, in: connection.tenant, as: caller)
        } catch {
            try await recordRefusal(error, over: connection, as: caller)
            throw error
        }
    }

    /// The identity that the provider confirms. The state is used up, even if this fails.
    private func identity(
        _ input: Input, over connection: SSOConnection, as caller: Caller
    ) async throws(Failure) -> ProviderIdentity {
        let now = clock.now()
        guard let binding = input.binding,
            let login = logins.resume(
                input.state, at: connection.id, redirectURI: input.redirectURI, binding: binding, now: now)
        else { throw Failure(.ssoStateMismatch, "This login was not started in this browser. Start again.") }
        let digest = logins.digest(of: login)
        let isFirst = try await transactions.write(in: connection.tenant, as: caller) { work throws(Failure) in
            try await work.sso.spend(digest, until: login.expiresAt, at: now)
        }
        guard isFirst else { throw Failure(.ssoStateMismatch, "This login was already completed. Start again.") }
        guard let answer = input.answer else { throw Self.refusal(input.error) }
        var secret: Secret?
        if let sealed = connection.sealedSecret {
            let place = SSOConnection.sealPlace(of: connection.id, in: connection.tenant)
            secret = Secret(try await sealer.open(sealed, at: place))
        }
        let client = connection.client(secret: secret)
        return try await caller.waiting(for: connection.tenant) { () async throws(Failure) in
            try await provider.identify(answer, to: login, of: client)
        }
    }

    private func recordRefusal(
        _ failure: Failure, over connection: SSOConnection, as caller: Caller
    ) async throws(Failure) {
        let subject = connection.id.description
        guard let details = refusals.admit(failure.code.slug, of: subject, in: connection.tenant) else { return }
        let event = DomainEvent(.signInRefused, on: connection.reference, details)
        try await transactions.write(in: connection.tenant, as: caller) { work throws(Failure) in
            work.audit(event, failure.code.kind == .unavailable ? .failure : .denied)
        }
    }

    /// Repeats the provider's reason if it is one of the standard's names.
    private static func refusal(_ error: String?) -> Failure {
        let known = [
            "access_denied", "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope",
            "server_error", "temporarily_unavailable", "interaction_required", "login_required",
            "account_selection_required", "consent_required",
        ]
        let reason = known.first { $0 == error } ?? "no reason"
        return Failure(.ssoRefused, "The identity provider refused the login: \(reason).")
    }
}
