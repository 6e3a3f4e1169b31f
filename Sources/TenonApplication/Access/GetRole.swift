public import TenonDomain

/// One role.
public struct GetRole: Sendable {
    public static let permission = Permission.policiesRead

    let stores: Reads<any HasPolicies>
    let authorizer: any Authorizer

    /// Fails with `roleNotFound`.
    public func execute(_ role: Role, as caller: Caller) async throws(Failure) -> RoleView {
        let view =
            if Role.builtIn.contains(role) {
                RoleView(builtIn: role, of: try caller.requireTenant())
            } else {
                RoleView(try await stores.for(caller).policies.require(role))
            }
        try authorizer.require(Self.permission, on: view, as: caller)
        return view
    }
}
