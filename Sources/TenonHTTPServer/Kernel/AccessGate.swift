internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain

/// Authenticates and authorizes requests: parses the credentials of a head, creates the caller, and applies rate limits
/// and the operation's access rule.
struct AccessGate: Sendable {
    let authenticate: any Authenticator
    let authorizer: any Authorizer
    /// Nil without rate limits.
    let limiter: (any RequestLimiter)?

    /// The credentials in the head: a token, a key, or else a signature over `request`. Fails with `notAuthenticated`
    /// without any, with `invalidSignature`, and with `rateLimited` if this address has failed to authenticate too
    /// often.
    func credentials(
        in headers: HTTPHeaders, _ context: inout RequestContext, of request: () -> SignableRequest
    ) throws(Failure) -> Credentials {
        try requireAttempt(&context)
        do throws(Failure) {
            return try Self.credentials(in: headers, of: request)
        } catch {
            // A request without credentials is not a failed attempt.
            if error.code == .invalidSignature { note(error, context) }
            throw error
        }
    }

    private static func credentials(
        in headers: HTTPHeaders, of request: () -> SignableRequest
    ) throws(Failure) -> Credentials {
        let key = headers.first(name: "x-api-key")
        guard let field = headers.first(name: "authorization") else {
            if let key { return .apiKey(key) }
            guard headers.contains(name: "signature-input") else { throw Self.missing }
            return .signature(try SignedRequest(request()))
        }
        guard key == nil else { throw Failure(.notAuthenticated, "Send either a token or an API key, not both.") }
        let scheme = field.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else { throw Self.missing }
        let token = String(field[scheme.endIndex...].drop { $0 == " " })
        return token.utf8.starts(with: APIKeyText.prefix.utf8) ? .apiKey(token) : .accessToken(token)
    }

    /// Fails if the address has no attempts left. Then nothing is verified, because verifying is expensive.
    private func requireAttempt(_ context: inout RequestContext) throws(Failure) {
        guard let address = context.client.address, let verdict = limiter?.refusal(ofAttemptFrom: address) else {
            return
        }
        context.rates = verdict
        try verdict.require()
    }

    /// Counts a failed authentication of the address.
    private func note(_ failure: Failure, _ context: RequestContext) {
        guard failure.code.kind == .unauthenticated, let address = context.client.address else { return }
        limiter?.noteFailure(from: address)
    }

    /// Applies the caller's rate limits and the access rule. The context gets the caller even if this fails.
    private func admit(_ caller: Caller, to operation: Operation, _ context: inout RequestContext) throws(Failure) {
        context.caller = caller
        if let verdict = limiter?.admit(caller) {
            context.rates = verdict
            try verdict.require()
        }
        try check(caller, operation.access)
    }

    /// Applies the address's rate limit to a request without credentials. Health and metrics have none.
    private func admitAnybody(to operation: Operation, _ context: inout RequestContext) throws(Failure) {
        guard !operation.isEssential, let address = context.client.address,
            let verdict = limiter?.admit(address), verdict.exceeded != nil
        else { return }
        context.rates = verdict
        try verdict.require()
    }

    /// Authenticates and applies the access rule, but no rate limits. Fails like the authentication, like
    /// `TenantAccess.requireActive`, and with `permissionDenied`.
    func caller(
        _ credentials: Credentials, for access: AccessRule, from origin: Origin
    ) async throws(Failure) -> Caller {
        let caller = try await authenticate.execute(credentials, from: origin)
        try check(caller, access)
        return caller
    }

    /// Decides from the head alone, from memory if possible; nil credentials mean an anonymous caller. Fails like the
    /// authentication, with `rateLimited`, like `TenantAccess.requireActive` and with `permissionDenied`.
    func entrance(
        _ credentials: Credentials?, to operation: Operation, _ context: inout RequestContext
    ) throws(Failure) -> Entrance {
        guard let credentials else {
            try admitAnybody(to: operation, &context)
            return .known(Caller(.anonymous, from: context.origin))
        }
        let remembered: Caller?
        do throws(Failure) {
            remembered = try authenticate.remembered(credentials, from: context.origin)
        } catch {
            note(error, context)
            throw error
        }
        guard let caller = remembered else {
            context.pendingTenant = authenticate.tenant(of: credentials, from: context.origin)
            return .pending(credentials)
        }
        try admit(caller, to: operation, &context)
        return if case .signature(let request) = credentials { .signed(caller, request) } else { .known(caller) }
    }

    /// Asks the stores for the caller, and decides like `entrance`, with the same failures.
    func identify(
        _ credentials: Credentials, to operation: Operation, _ context: inout RequestContext
    ) async throws(Failure) -> Entrance {
        try requireAttempt(&context)
        let caller: Caller
        do throws(Failure) {
            caller = try await authenticate.execute(credentials, from: context.origin)
        } catch {
            note(error, context)
            throw error
        }
        try admit(caller, to: operation, &context)
        return if case .signature(let request) = credentials { .signed(caller, request) } else { .known(caller) }
    }

    /// Completes the decision of `entrance` when the body has arrived. Fails like `entrance`, and for a signature that
    /// does not match the body or was used before.
    func admit(
        _ entrance: Entrance, _ body: ByteBuffer, to operation: Operation, _ context: inout RequestContext
    ) async throws(Failure) -> Caller {
        switch entrance {
        case .known(let caller): return caller
        case .signed(let caller, let request):
            try await authenticate.admit(request, body: Array(body.readableBytesView), as: caller)
            return caller
        case .pending(let credentials):
            let entrance = try await identify(credentials, to: operation, &context)
            return try await admit(entrance, body, to: operation, &context)
        }
    }

    /// Whether the tenant is active is checked here rather than while authenticating, so that the audit record of the
    /// refusal can name the caller.
    private func check(_ caller: Caller, _ access: AccessRule) throws(Failure) {
        try caller.access?.requireActive()
        switch access {
        case .open: break
        case .signedIn: _ = try caller.requireUser()
        case .authenticated: _ = try caller.requireTenant()
        case .platform(let permission):
            guard case .platformAdministrator = caller.principal, authorizer.allows(permission, for: caller) else {
                throw Failure(.permissionDenied, "Only platform administrators can do this.")
            }
        case .permission(let permission):
            guard authorizer.allows(permission, for: caller) else {
                throw Failure(.permissionDenied, "Requires the permission \(permission.name).")
            }
        }
    }

    private static let missing = Failure(
        .notAuthenticated, "Send an access token or an API key (Authorization: Bearer …), or sign the request.")
}

/// The caller as far as known from a request's head.
enum Entrance: Sendable {
    case known(Caller)
    /// Authenticated by a signature, which still has to be checked against the body.
    case signed(Caller, SignedRequest)
    /// Not in memory: the stores must be asked.
    case pending(Credentials)
}
