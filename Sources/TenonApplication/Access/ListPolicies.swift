public import TenonDomain

/// The tenant's policies, oldest first, without those that the caller may not read.
public struct ListPolicies: Sendable {
    public static let permission = Permission.policiesRead

    let stores: Reads<any HasPolicies>
    let authorizer: any Authorizer

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<Policy> {
        let stores = try stores.for(caller)
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(page, sortKey: \.id.description) { page throws(Failure) in
                try await stores.policies.policies(page)
            }
    }
}
