public import TenonDomain

/// The tenant's keys in the order of their making, without those that the caller may not read.
public struct ListAPIKeys: Sendable {
    public static let permission = Permission.apiKeysRead

    let stores: Reads<any HasAPIKeys>
    let authorizer: any Authorizer

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<APIKey> {
        let stores = try stores.for(caller)
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(page, sortKey: \.id.description) { page throws(Failure) in try await stores.apiKeys.keys(page) }
    }
}
