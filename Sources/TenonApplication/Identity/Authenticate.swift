public import TenonDomain

/// Authenticates credentials to a caller. Mostly decided from memory; the rest is read once a minute for a tenant or a
/// key.
public struct Authenticate: Sendable {
    private let rules: Reads<any HasAccess>
    private let stores: Reads<any HasUsers & HasSessions>
    private let signer: any TokenSigner
    private let apiKeys: APIKeyVerification
    private let tenants: TenantAccessCache
    private let clock: any WallClock

    public init(
        transactions: any Transactions, signer: any TokenSigner, apiKeys: APIKeyVerification,
        tenants: TenantAccessCache, clock: any WallClock
    ) {
        rules = Reads(transactions) { $0 }
        stores = Reads(transactions) { $0 }
        self.signer = signer
        self.apiKeys = apiKeys
        self.tenants = tenants
        self.clock = clock
    }

    /// The caller, as far as known from memory; nil if `execute` is needed. Fails like `execute`.
    public func remembered(_ credentials: Credentials, from origin: Origin) throws(Failure) -> Caller? {
        guard tenants.freshness.isCurrent, let proven = try proven(credentials, from: origin),
            let access = tenants.remembered(proven.tenant, at: clock.steady())
        else { return nil }
        return Caller(proven.principal, from: origin, access: access)
    }

    /// The tenant of the credentials, if known from memory, even if the tenant's data must be read again; only the
    /// tenant's own requests wait for that. Does not authenticate.
    public func tenant(of credentials: Credentials, from origin: Origin) -> TenantID? {
        (try? proven(credentials, from: origin))?.tenant
    }

    private func proven(
        _ credentials: Credentials, from origin: Origin
    ) throws(Failure) -> (principal: Principal, tenant: TenantID)? {
        switch credentials {
        case .accessToken(let token): principal(try signer.verify(token, at: clock.now()))
        case .apiKey(let text):
            try apiKeys.keys.remembered(text, from: origin).map { (.apiKey($0), $0.tenant) }
        case .signature(let request):
            try apiKeys.signatures.remembered(request, from: origin).map { (.apiKey($0), $0.tenant) }
        }
    }

    /// Does not check that the tenant is active; use `TenantAccess.requireActive` for that. Fails with
    /// `notAuthenticated`, `invalidAPIKey` or `invalidSignature`, or like the stores.
    public func execute(_ credentials: Credentials, from origin: Origin) async throws(Failure) -> Caller {
        let now = clock.now()
        let proven: (principal: Principal, tenant: TenantID)
        switch credentials {
        case .accessToken(let token):
            let claims = try signer.verify(token, at: now)
            if !tenants.freshness.isCurrent { try await requireInForce(claims) }
            proven = principal(claims)
        case .apiKey(let text):
            let key = try await apiKeys.keys.execute(text, from: origin)
            proven = (.apiKey(key), key.tenant)
        case .signature(let request):
            let key = try await apiKeys.signatures.execute(request, from: origin)
            proven = (.apiKey(key), key.tenant)
        }
        guard let access = try await tenants.access(of: proven.tenant, from: rules, at: clock.steady())
        else {
            throw Failure(.notAuthenticated, "The tenant does not exist.")
        }
        return Caller(proven.principal, from: origin, access: access)
    }

    /// Passes a signed request with its body once. Fails like `VerifySignature.admit`.
    public func admit(_ request: SignedRequest, body: [UInt8], as caller: Caller) async throws(Failure) {
        try await apiKeys.signatures.admit(request, body: body, in: try caller.requireTenant())
    }

    private func principal(_ claims: AccessClaims) -> (Principal, TenantID) {
        (Principal(claims), claims.tenant)
    }

    /// Checks the store while revocations by other processes are not received.
    private func requireInForce(_ claims: AccessClaims) async throws(Failure) {
        let stores = stores.in(claims.tenant)
        guard let session = try await stores.sessions.session(claims.session), session.endedAt == nil,
            let user = try await stores.users.user(claims.subject), user.status == .active, user.roles == claims.roles
        else { throw Failure(.notAuthenticated, "The access token was revoked. Refresh it, or sign in again.") }
    }
}

/// Revokes tokens in this process.
public struct TokenRevocations: AccessObserver {
    private let signer: any TokenSigner
    private let clock: any WallClock

    public init(signer: any TokenSigner, clock: any WallClock) {
        self.signer = signer
        self.clock = clock
    }

    public func changed(_ change: AccessChange) {
        signer.revoke(change, at: clock.now())
    }
}
