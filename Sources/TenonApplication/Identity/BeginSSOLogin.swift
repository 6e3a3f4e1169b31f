public import TenonDomain

/// Starts a login at a connection's identity provider.
public struct BeginSSOLogin: Sendable {
    public struct Input: Sendable {
        public let connection: SSOConnectionID
        /// The complete address to which the provider redirects the browser.
        public let redirectURI: String

        public init(connection: SSOConnectionID, redirectURI: String) {
            self.connection = connection
            self.redirectURI = redirectURI
        }
    }

    public struct Output: Sendable {
        public let location: String
        /// The value that the browser must store and return.
        public let binding: String
    }

    let find: FindSSOConnection
    let provider: any IdentityProvider
    let logins: SSOLogins
    let clock: any WallClock

    /// Fails with `ssoConnectionNotFound` and `identityProviderUnavailable`. Stores nothing.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Output {
        let connection = try await find.execute(input.connection)
        let login = logins.begin(at: connection.id, redirectURI: input.redirectURI, now: clock.now())
        let location = try await caller.waiting(for: connection.tenant) { () async throws(Failure) in
            try await provider.authorizationURL(for: login, of: connection.client(secret: nil))
        }
        return Output(location: location, binding: login.binding)
    }
}

/// Finds a connection that can be used for logins, before authentication.
struct FindSSOConnection: Sendable {
    let stores: Reads<any HasSSO>
    let directory: any Directory

    /// Fails with `ssoConnectionNotFound`, also for a disabled one.
    func execute(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        guard let tenant = try await directory.tenant(of: id) else { throw .noSSOConnection }
        return try await stores.in(tenant).sso.activeConnection(id)
    }
}

extension SSOConnectionStore {
    /// Fails with `ssoConnectionNotFound`, also for a disabled one.
    func activeConnection(_ id: SSOConnectionID) async throws(Failure) -> SSOConnection {
        let connection = try await connection(id)
        guard connection.isActive else { throw .noSSOConnection }
        return connection
    }
}

extension SSOConnection {
    func client(secret: Secret?) -> OpenIDClient {
        OpenIDClient(
            tenant: tenant, issuer: settings.issuer, clientID: settings.clientID, secret: secret,
            scopes: settings.scopes)
    }
}
