public import TenonDomain
public import TenonKit

/// Turns credentials into a caller. A service brings its own.
public protocol Authenticator: Sendable {
    /// The caller, from memory alone; nil where only `execute` can tell. Fails as `execute` does.
    func remembered(_ credentials: Credentials, from origin: Origin) throws(Failure) -> Caller?

    /// The tenant of the credentials, where memory has it. Authorizes nothing.
    func tenant(of credentials: Credentials, from origin: Origin) -> TenantID?

    /// Fails with a failure of the kind `unauthenticated`, or as the stores do.
    func execute(_ credentials: Credentials, from origin: Origin) async throws(Failure) -> Caller

    /// Checks the body of a signed request, and that its signature is used once. Called right before the operation runs.
    func admit(_ request: SignedRequest, body: [UInt8], as caller: Caller) async throws(Failure)
}

/// Counts requests against rate limits. A nil verdict is a request without a limit.
public protocol RequestLimiter: Sendable {
    func admit(_ caller: Caller) -> RateVerdict?

    /// For requests without credentials.
    func admit(_ address: IPAddress) -> RateVerdict

    /// Counts a failed authentication.
    func noteFailure(from address: IPAddress)

    /// The verdict on one more authentication, without counting it; nil where it may be tried.
    func refusal(ofAttemptFrom address: IPAddress) -> RateVerdict?
}

/// Runs a request with an `Idempotency-Key` once, and keeps its response for repeats.
public protocol IdempotentRequests: Sendable {
    /// `perform` runs a use case that joins the transaction and returns the response as bytes; it may run again after a
    /// collision. `namespace` is the one that the request may revise.
    func execute(
        _ claim: IdempotencyClaim, as caller: Caller, revising namespace: NamespaceID?,
        _ perform: @Sendable (OpenTransaction) async throws(Failure) -> [UInt8]
    ) async throws(Failure) -> (reply: [UInt8], isRepeat: Bool)
}

/// Records requests that were denied.
public protocol DenialLog: Sendable {
    /// `operation` is the operation's id; `resource` nil for the tenant as a whole; `code` and `detail` are the problem's.
    func record(
        operation: String, resource: ResourceReference?, code: String, detail: String, as caller: Caller
    ) async throws(Failure)
}
