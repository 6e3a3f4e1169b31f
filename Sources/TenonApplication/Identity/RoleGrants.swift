internal import TenonDomain

/// Who may give which roles, and to whom. Nobody gives more than they may do themselves, nor changes somebody who may do
/// more: else whoever manages users could make themselves anything. Owners are made, changed and unmade by owners alone;
/// administrators of the platform are no users of a tenant, nor the other way round.
struct RoleGrants: Sendable {
    let authorizer: any Authorizer

    /// Whether the caller may leave a user, who has `old` roles, with `new` ones. Fails with `permissionDenied`, or with a
    /// violation at `/roles`.
    func check(_ new: Set<Role>, over old: Set<Role> = [], in tenant: TenantID, as caller: Caller) throws(Failure) {
        let isPlatform = tenant == .platform
        guard isPlatform == new.contains(.platformAdministrator), !isPlatform || new.count == 1 else {
            throw .invalid(
                "role_not_allowed",
                isPlatform ? "Users of the platform are its administrators." : "No user of a tenant has this role.",
                at: "/roles")
        }
        try requireReach(over: new.union(old), as: caller)
    }

    /// Whether the caller may touch somebody with these roles; else `permissionDenied`.
    func requireReach(over roles: Set<Role>, as caller: Caller) throws(Failure) {
        switch caller.principal {
        case .system, .platformAdministrator: return
        case .anonymous: throw Failure(.notAuthenticated, "Sign in first.")
        case .user(let user) where user.roles.contains(.owner): return
        case .user(let user): try requireReach(over: roles, of: user.tenant, as: caller)
        case .apiKey(let key): try requireReach(over: roles, of: key.tenant, as: caller)
        }
    }

    private func requireReach(over roles: Set<Role>, of tenant: TenantID, as caller: Caller) throws(Failure) {
        guard !roles.contains(.owner) else {
            throw Failure(.permissionDenied, "Only an owner makes, changes and unmakes owners.")
        }
        let nobody = UserID(high: 0, low: 0)
        let holder = Caller(
            .user(SignedInUser(id: nobody, tenant: tenant, session: SessionID(high: 0, low: 0), roles: roles)),
            from: caller.origin, access: caller.access)
        guard authorizer.permissions(of: holder).isSubset(of: authorizer.permissions(of: caller)) else {
            throw Failure(.permissionDenied, "These roles may do more than you may.")
        }
    }
}
