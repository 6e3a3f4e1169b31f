public import TenonDomain

/// The built-in roles and the tenant's, by name, without those that the caller may not read.
public struct ListRoles: Sendable {
    public static let permission = Permission.policiesRead

    let stores: Reads<any HasPolicies>
    let authorizer: any Authorizer

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<RoleView> {
        let tenant = try caller.requireTenant()
        let own = try await stores.for(caller).policies.roles().map { RoleView($0) }
        let all = (own + Role.builtIn.map { RoleView(builtIn: $0, of: tenant) })
            .sorted { $0.role.name.utf8.lexicographicallyPrecedes($1.role.name.utf8) }
        return try await PermissionCheck(Self.permission, of: caller, by: authorizer)
            .tenantPage(page, sortKey: \.role.name) { page throws(Failure) in
                let rest = all.drop { role in
                    !page.lowerBound.isEmpty && !page.lowerBound.utf8.lexicographicallyPrecedes(role.role.name.utf8)
                }
                return Page(
                    overfull: Array(rest.dropFirst(page.offset).prefix(page.limit + 1)), for: page,
                    total: page.isNumbered ? all.count : nil, sortKey: \.role.name)
            }
    }
}
