public import TenonDomain

/// The use cases of single sign-on.
public struct SSOUseCases: Sendable {
    public let createConnection: CreateSSOConnection
    public let getConnection: GetSSOConnection
    public let listConnections: ListSSOConnections
    public let updateConnection: UpdateSSOConnection
    public let deleteConnection: DeleteSSOConnection
    public let beginLogin: BeginSSOLogin
    public let completeLogin: CompleteSSOLogin
    /// The public scheme and authority of the service; nil to use those of each request.
    public let publicURL: String?

    /// `logtoIssuer` is the issuer of Logto connections that name none.
    public init(
        _ ports: Ports, directory: any Directory, provider: any IdentityProvider, sessions: SessionStarter,
        logtoIssuer: IssuerURL? = nil, publicURL: String? = nil
    ) {
        let (transactions, authorizer, sealer) = (ports.transactions, ports.authorizer, ports.sealer)
        let (identifiers, clock) = (ports.identifiers, ports.clock)
        self.publicURL = publicURL
        let logins = SSOLogins(digests: ports.digests, randomness: ports.randomness)
        let find = FindSSOConnection(stores: Reads(transactions) { $0 }, directory: directory)
        createConnection = CreateSSOConnection(
            transactions: Writes(transactions) { $0 }, authorizer: authorizer, sealer: sealer, identifiers: identifiers,
            clock: clock,
            logtoIssuer: logtoIssuer)
        getConnection = GetSSOConnection(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        listConnections = ListSSOConnections(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        updateConnection = UpdateSSOConnection(
            transactions: Writes(transactions) { $0 }, authorizer: authorizer, sealer: sealer, clock: clock)
        deleteConnection = DeleteSSOConnection(transactions: Writes(transactions) { $0 }, authorizer: authorizer)
        beginLogin = BeginSSOLogin(find: find, provider: provider, logins: logins, clock: clock)
        completeLogin = CompleteSSOLogin(
            find: find, provider: provider, logins: logins, sealer: sealer,
            signIn: SignInOverSSO(
                transactions: Writes(transactions) { $0 }, grants: RoleGrants(authorizer: authorizer),
                sessions: sessions,
                identifiers: identifiers, clock: clock),
            transactions: transactions, clock: clock)
    }
}
