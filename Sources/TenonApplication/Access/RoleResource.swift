public import TenonDomain

/// Gets one role, built-in or the tenant's own. Fails with `roleNotFound`.
public typealias GetRole = Get<RoleView>
/// Lists the built-in roles and the tenant's own, by name.
public typealias ListRoles = List<RoleView>

extension RoleView: Listable {
    public static let readPermission = Permission.policiesRead

    public var sortKey: String { role.name }

    public static func find(
        _ role: Role, for caller: Caller, in stores: any HasPolicies
    ) async throws(Failure) -> RoleView {
        guard !Role.builtIn.contains(role) else { return RoleView(builtIn: role, of: try caller.requireTenant()) }
        return RoleView(try await stores.policies.require(role))
    }

    public static func page(
        _ page: PageRequest, matching filter: Void, for caller: Caller, in stores: any HasPolicies
    ) async throws(Failure) -> Page<RoleView> {
        let tenant = try caller.requireTenant()
        let own = try await stores.policies.roles().map { RoleView($0) }
        let all = (own + Role.builtIn.map { RoleView(builtIn: $0, of: tenant) })
            .sorted { $0.sortKey.utf8.lexicographicallyPrecedes($1.sortKey.utf8) }
        let rest = all.drop { role in
            !page.lowerBound.isEmpty && !page.lowerBound.utf8.lexicographicallyPrecedes(role.sortKey.utf8)
        }
        return Page(
            overfull: Array(rest.dropFirst(page.offset).prefix(page.limit + 1)), for: page,
            total: page.isNumbered ? all.count : nil)
    }
}
