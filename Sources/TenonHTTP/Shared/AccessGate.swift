internal import NIOHTTP1
internal import TenonApplication
internal import TenonDomain

/// Who is let in to an operation: credentials out of the head, the caller out of them, and the operation's access rule.
struct AccessGate: Sendable {
    let authenticate: Authenticate
    let authorizer: any Authorizer

    /// What stands in the head; fails with `notAuthenticated` where nothing does.
    static func credentials(in headers: HTTPHeaders) throws(Failure) -> Credentials {
        guard let field = headers.first(name: "authorization") else { throw Self.missing }
        let scheme = field.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else { throw Self.missing }
        return .accessToken(String(field[scheme.endIndex...].drop { $0 == " " }))
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

    private static let missing = Failure(.notAuthenticated, "Send an access token: Authorization: Bearer …")
}

/// Who calls, as far as a request's head could tell.
enum Entrance: Sendable {
    case known(Caller)
    /// What must be looked up before it can be told.
    case pending(Credentials)
}
