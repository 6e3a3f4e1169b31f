public import TenonDomain

/// Gets one connection. Fails with `ssoConnectionNotFound`.
public typealias GetSSOConnection = Get<SSOConnection>
/// Lists the tenant's connections by name.
public typealias ListSSOConnections = List<SSOConnection>
/// Deletes a connection, and the links of users to their identities at its provider. The users stay; those without a
/// password cannot sign in until they choose one or are linked again. Fails with `ssoConnectionNotFound` and
/// `preconditionFailed`.
public typealias DeleteSSOConnection = Delete<SSOConnection>

extension SSOConnection: Listable, Deletable {
    public static let readPermission = Permission.ssoRead
    public static let writePermission = Permission.ssoWrite

    public static func find(
        _ id: SSOConnectionID, for caller: Caller, in stores: any HasSSO
    ) async throws(Failure) -> SSOConnection {
        try await stores.sso.connection(id)
    }

    public static func page(
        _ page: PageRequest, matching filter: Void, for caller: Caller, in stores: any HasSSO
    ) async throws(Failure) -> Page<SSOConnection> {
        try await stores.sso.connections(page)
    }

    public static func findForUpdate(
        _ id: SSOConnectionID, in work: any HasSSO & RecordsEvents
    ) async throws(Failure) -> SSOConnection {
        try await work.sso.connectionForUpdate(id)
    }

    public func delete(
        _ options: Void, in work: any HasSSO & RecordsEvents, as caller: Caller
    ) async throws(Failure) {
        try await work.sso.remove(id)
        work.record(deleted())
    }
}
