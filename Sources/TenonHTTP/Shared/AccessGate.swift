internal import NIOCore
internal import NIOHTTP1
internal import TenonApplication
internal import TenonDomain

/// Who is let in to an operation: credentials out of the head, the caller out of them, and the operation's access rule.
struct AccessGate: Sendable {
    let authenticate: Authenticate
    let authorizer: any Authorizer
    /// Nil where nothing limits how often somebody asks.
    let limiter: RateLimiter?

    /// What stands in the head: a token, a key, or else a signature over `request`. Fails with `notAuthenticated` where
    /// nothing does, with `invalidSignature`, and with `rateLimited` where too much from this address was false lately.
    func credentials(
        in headers: HTTPHeaders, _ context: inout RequestContext, of request: () -> SignableRequest
    ) throws(Failure) -> Credentials {
        try requireAttempt(&context)
        do throws(Failure) {
            return try Self.credentials(in: headers, of: request)
        } catch {
            // Whoever sends nothing has tried nothing.
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
        guard key == nil else { throw Failure(.notAuthenticated, "Send a token or a key, not both.") }
        let scheme = field.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else { throw Self.missing }
        let token = String(field[scheme.endIndex...].drop { $0 == " " })
        return token.utf8.starts(with: APIKeyText.prefix.utf8) ? .apiKey(token) : .accessToken(token)
    }

    /// Passes while the address has attempts left. Nothing is verified for one that has none: that is what would cost.
    private func requireAttempt(_ context: inout RequestContext) throws(Failure) {
        guard let address = context.client.address, let verdict = limiter?.refusal(ofAttemptFrom: address) else {
            return
        }
        context.rates = verdict
        try verdict.require()
    }

    /// Counts credentials that were false.
    private func note(_ failure: Failure, _ context: RequestContext) {
        guard failure.code.kind == .unauthenticated, let address = context.client.address else { return }
        limiter?.noteFailure(from: address)
    }

    /// Lets the caller in, and tells the context in any case.
    private func admit(_ caller: Caller, to operation: Operation, _ context: inout RequestContext) throws(Failure) {
        context.caller = caller
        if let verdict = limiter?.admit(caller) {
            context.rates = verdict
            try verdict.require()
        }
        try check(caller, operation.access)
    }

    /// Lets somebody in whom nobody knows. Health, metrics and documentation have no limit.
    private func admitAnybody(to operation: Operation, _ context: inout RequestContext) throws(Failure) {
        guard operation.mount != .root, !operation.isEssential, let address = context.client.address,
            let verdict = limiter?.admit(address), verdict.exceeded != nil
        else { return }
        context.rates = verdict
        try verdict.require()
    }

    /// The caller past the rule. Fails as authentication does, as `TenantAccess.requireActive`, and with
    /// `permissionDenied`.
    func caller(
        _ credentials: Credentials, for access: AccessRule, from origin: Origin
    ) async throws(Failure) -> Caller {
        let caller = try await authenticate.execute(credentials, from: origin)
        try check(caller, access)
        return caller
    }

    /// How the one who brings these enters, nobody with none: within their rate limits and past the rule. Fails as
    /// authentication does, with `rateLimited`, as `TenantAccess.requireActive` and with `permissionDenied`.
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
        guard let caller = remembered else { return .pending(credentials) }
        try admit(caller, to: operation, &context)
        return if case .signature(let request) = credentials { .signed(caller, request) } else { .known(caller) }
    }

    /// Who enters, with the body that was sent. Fails as `entrance` does, and as a signature that is not taken.
    func admit(
        _ entrance: Entrance, _ body: ByteBuffer, to operation: Operation, _ context: inout RequestContext
    ) async throws(Failure) -> Caller {
        switch entrance {
        case .known(let caller): return caller
        case .signed(let caller, let request):
            try await authenticate.admit(request, body: Array(body.readableBytesView), as: caller)
            return caller
        case .pending(let credentials):
            try requireAttempt(&context)
            let caller: Caller
            do throws(Failure) {
                caller = try await authenticate.execute(credentials, from: context.origin)
            } catch {
                note(error, context)
                throw error
            }
            try admit(caller, to: operation, &context)
            if case .signature(let request) = credentials {
                try await authenticate.admit(request, body: Array(body.readableBytesView), as: caller)
            }
            return caller
        }
    }

    /// The tenant's standing is asked here and not where the caller is made out, so that the refusal has somebody to be
    /// written down of.
    private func check(_ caller: Caller, _ access: AccessRule) throws(Failure) {
        try caller.access?.requireActive()
        switch access {
        case .open: break
        case .signedIn: _ = try caller.requireUser()
        case .authenticated: _ = try caller.requireTenant()
        case .platform(let permission):
            guard case .platformAdministrator = caller.principal, authorizer.allows(permission, for: caller) else {
                throw Failure(.permissionDenied, "Only administrators of the platform do this.")
            }
        case .permission(let permission):
            guard authorizer.allows(permission, for: caller) else {
                throw Failure(.permissionDenied, "This needs the permission \(permission.name).")
            }
        }
    }

    private static let missing = Failure(
        .notAuthenticated, "Send an access token or an API key (Authorization: Bearer …), or sign the request.")
}

/// Who calls, as far as a request's head could tell.
enum Entrance: Sendable {
    case known(Caller)
    /// By a signature, which still is to be taken with the body.
    case signed(Caller, SignedRequest)
    /// What must be looked up before it can be told.
    case pending(Credentials)
}
