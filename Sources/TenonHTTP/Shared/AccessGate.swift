internal import NIOCore
internal import NIOHTTP1
internal import TenonApplication
internal import TenonDomain

/// Who is let in to an operation: credentials out of the head, the caller out of them, and the operation's access rule.
struct AccessGate: Sendable {
    let authenticate: Authenticate
    let authorizer: any Authorizer

    /// What stands in the head: a token, a key, or else a signature over `request`. Fails with `notAuthenticated` where
    /// nothing does, and with `invalidSignature`.
    static func credentials(
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

    /// The caller past the rule, as far as memory knows; nil where only `caller` can tell.
    func remembered(
        _ credentials: Credentials, for access: AccessRule, from origin: Origin
    ) throws(Failure) -> Caller? {
        guard let caller = try authenticate.remembered(credentials, from: origin) else { return nil }
        try check(caller, access)
        return caller
    }

    /// The caller past the rule. Fails as authentication does, and with `permissionDenied`.
    func caller(
        _ credentials: Credentials, for access: AccessRule, from origin: Origin
    ) async throws(Failure) -> Caller {
        let caller = try await authenticate.execute(credentials, from: origin)
        try check(caller, access)
        return caller
    }

    /// How the one who brings these enters.
    func entrance(
        _ credentials: Credentials, for access: AccessRule, from origin: Origin
    ) throws(Failure) -> Entrance {
        guard let caller = try remembered(credentials, for: access, from: origin) else { return .pending(credentials) }
        return if case .signature(let request) = credentials { .signed(caller, request) } else { .known(caller) }
    }

    /// Who enters, with the body that was sent. Fails as `caller` does, and as a signature that is not taken.
    func admit(
        _ entrance: Entrance, _ body: ByteBuffer, for access: AccessRule, from origin: Origin
    ) async throws(Failure) -> Caller {
        switch entrance {
        case .known(let caller): return caller
        case .signed(let caller, let request):
            try await authenticate.admit(request, body: Array(body.readableBytesView), as: caller)
            return caller
        case .pending(let credentials):
            let caller = try await caller(credentials, for: access, from: origin)
            if case .signature(let request) = credentials {
                try await authenticate.admit(request, body: Array(body.readableBytesView), as: caller)
            }
            return caller
        }
    }

    private func check(_ caller: Caller, _ access: AccessRule) throws(Failure) {
        switch access {
        case .open: break
        case .signedIn: _ = try caller.requireUser()
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
