public import TenonDomain

/// What somebody proves with who they are.
public enum Credentials: Sendable {
    /// `Authorization: Bearer …`
    case accessToken(String)
}

/// Credentials to caller. Most of it is decided from memory alone; what must be read is read once a minute for a tenant.
public struct Authenticate: Sendable {
    private let transactions: any Transactions
    private let signer: any TokenSigner
    private let tenants: TenantAccessCache
    private let clock: any WallClock

    public init(
        transactions: any Transactions, signer: any TokenSigner, tenants: TenantAccessCache, clock: any WallClock
    ) {
        self.transactions = transactions
        self.signer = signer
        self.tenants = tenants
        self.clock = clock
    }

    /// The caller, as far as memory knows; nil where only `execute` can tell. Fails as `execute` does.
    public func remembered(_ credentials: Credentials, from origin: Origin) throws(Failure) -> Caller? {
        let now = clock.now()
        let (principal, tenant) = try principal(credentials, at: now)
        guard let access = tenants.remembered(tenant, at: now) else { return nil }
        return try caller(principal, from: origin, access)
    }

    /// Fails with `notAuthenticated`, with `tenantSuspended`, or as the stores do.
    public func execute(_ credentials: Credentials, from origin: Origin) async throws(Failure) -> Caller {
        let now = clock.now()
        let (principal, tenant) = try principal(credentials, at: now)
        let known = tenants.remembered(tenant, at: now)
        guard let access = if let known { known } else { try await tenants.read(tenant, from: transactions, at: now) }
        else { throw Failure(.notAuthenticated, "The tenant is gone.") }
        return try caller(principal, from: origin, access)
    }

    private func principal(
        _ credentials: Credentials, at now: Timestamp
    ) throws(Failure) -> (Principal, TenantID) {
        switch credentials {
        case .accessToken(let token):
            let claims = try signer.verify(token, at: now)
            return (Principal(claims), claims.tenant)
        }
    }

    private func caller(
        _ principal: Principal, from origin: Origin, _ access: TenantAccess
    ) throws(Failure) -> Caller {
        try access.requireActive()
        return Caller(principal, from: origin, access: access)
    }
}

/// Takes tokens out of force in this process.
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
