public import TenonDomain

/// The tenant's connections by name, without those that the caller may not read.
public struct ListSSOConnections: Sendable {
    public static let permission = Permission.ssoRead

    let stores: Reads<any HasSSO>
    let authorizer: any Authorizer

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<SSOConnection> {
        let stores = try stores.for(caller)
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(page, sortKey: \.name.text) { page throws(Failure) in try await stores.sso.connections(page) }
    }
}
