public import TenonDomain

/// One connection by its id.
public struct GetSSOConnection: Sendable {
    public static let permission = Permission.ssoRead

    let stores: Reads<any HasSSO>
    let authorizer: any Authorizer

    /// Fails with `ssoConnectionNotFound`.
    public func execute(_ id: SSOConnectionID, as caller: Caller) async throws(Failure) -> SSOConnection {
        let connection = try await stores.for(caller).sso.connection(id)
        try authorizer.require(Self.permission, on: connection, as: caller)
        return connection
    }
}
