internal import TenonDomain

/// Who may give which roles, and to whom. Nobody gives more than they may do themselves, nor changes somebody who may do
/// more: else whoever manages users could make themselves anything. Owners are made, changed and unmade by owners alone;
/// administrators of the platform are no users of a tenant, nor the other way round.
struct RoleGrants: Sendable {
    let authorizer: any Authorizer

    /// Whether the caller may leave a user, who has `old` roles, with `new` ones; `user` is nil for a new one. Fails with `permissionDenied`, or with a
    /// violation at `/roles`.
    func check(
        _ new: Set<Role>, over old: Set<Role> = [], of user: UserID?, in tenant: TenantID, as caller: Caller
    ) throws(Failure) {
        let isPlatform = tenant == .platform
        guard isPlatform == new.contains(.platformAdministrator), !isPlatform || new.count == 1 else {
            throw .invalid(
                "role_not_allowed",
                isPlatform ? "Users of the platform are its administrators." : "No user of a tenant has this role.",
                at: "/roles")
        }
        try requireReach(over: new.union(old), of: user, as: caller)
    }

    /// Whether the caller may touch the user, nil for a new one, who has these roles; else `permissionDenied`.
    func requireReach(over roles: Set<Role>, of user: UserID?, as caller: Caller) throws(Failure) {
        switch caller.principal {
        case .system, .platformAdministrator: return
        case .anonymous: throw Failure(.notAuthenticated, "Sign in first.")
        case .user(let signedIn) where signedIn.roles.contains(.owner): return
        // Nobody gains by what they have: their own conditions do not keep them from themselves.
        case .user(let signedIn) where signedIn.id == user && roles.isSubset(of: signedIn.roles): return
        case .user(let signedIn): try requireReach(over: roles, of: user, in: signedIn.tenant, as: caller)
        case .apiKey(let key): try requireReach(over: roles, of: user, in: key.tenant, as: caller)
        }
    }

    private func requireReach(
        over roles: Set<Role>, of user: UserID?, in tenant: TenantID, as caller: Caller
    ) throws(Failure) {
        guard !roles.contains(.owner) else {
            throw Failure(.permissionDenied, "Only an owner makes, changes and unmakes owners.")
        }
        let holder = Caller(
            .user(
                SignedInUser(
                    id: user ?? UserID(high: 0, low: 0), tenant: tenant, session: SessionID(high: 0, low: 0),
                    roles: roles)),
            from: caller.origin, access: caller.access)
        guard authorizer.permissions(of: holder).isSubset(of: authorizer.certainPermissions(of: caller)) else {
            throw Failure(.permissionDenied, "These roles may do more than you may.")
        }
    }
}
