internal import TenonDomain

/// Who may give which roles, and to whom. Nobody gives more than they may do themselves, nor changes somebody who may do
/// more: else whoever manages users could make themselves anything. Owners are made, changed and unmade by owners alone;
/// administrators of the platform are no users of a tenant, nor the other way round.
struct RoleGrants: Sendable {
    let authorizer: any Authorizer

    /// Whether the caller may leave a user, who has `old` roles, with `new` ones; `user` is nil for a new one. Fails with
    /// `permissionDenied`, or with a violation at `/roles`.
    func check(
        _ new: Set<Role>, over old: Set<Role> = [], of user: UserID?, in tenant: TenantID, as caller: Caller,
        _ work: any HasAccess & HasPolicies
    ) async throws(Failure) {
        let isPlatform = tenant == .platform
        guard isPlatform == new.contains(.platformAdministrator), !isPlatform || new.count == 1 else {
            throw .invalid(
                "role_not_allowed",
                isPlatform ? "Users of the platform are its administrators." : "No user of a tenant has this role.",
                at: "/roles")
        }
        // Before they are judged, so that they cannot come to more meanwhile.
        if !isPlatform { try await work.policies.requireKnownRoles(new.subtracting(old), at: "/roles") }
        try await requireReach(over: new.union(old), of: user, keepingRoles: new == old, as: caller, work)
    }

    /// Whether the caller may touch the user, nil for a new one, who has these roles; else `permissionDenied`.
    func requireReach(
        over roles: Set<Role>, of user: UserID?, keepingRoles: Bool = true, as caller: Caller, _ work: any HasAccess
    ) async throws(Failure) {
        switch caller.principal {
        case .system, .platformAdministrator: return
        case .anonymous: throw Failure(.notAuthenticated, "Sign in first.")
        case .user(let signedIn) where signedIn.roles.contains(.owner): return
        // Nobody gains by what they have: their own conditions do not keep them from themselves. By giving up a role that
        // denies they would.
        case .user(let signedIn) where keepingRoles && signedIn.id == user && roles.isSubset(of: signedIn.roles): return
        case .user(let signedIn): try await requireReach(over: roles, of: user, in: signedIn.tenant, as: caller, work)
        case .apiKey(let key): try await requireReach(over: roles, of: user, in: key.tenant, as: caller, work)
        }
    }

    private func requireReach(
        over roles: Set<Role>, of user: UserID?, in tenant: TenantID, as caller: Caller, _ work: any HasAccess
    ) async throws(Failure) {
        guard !roles.contains(.owner) else {
            throw Failure(.permissionDenied, "Only an owner makes, changes and unmakes owners.")
        }
        let giver = try await caller.underStoredRules(in: work)
        let reach = permissions(ofAnyOf: roles) { holder(of: $0, user, in: tenant, giver.access, from: giver.origin) }
        guard reach.isSubset(of: authorizer.certainPermissions(of: giver)) else {
            throw Failure(.permissionDenied, "These roles may do more than you may.")
        }
    }

    /// Whether somebody with `roles` may do nothing that nobody with some of `others` may for certain. Owners are reached
    /// as owners alone.
    func reaches(_ others: Set<Role>, over roles: Set<Role>, in access: TenantAccess, from origin: Origin) -> Bool {
        if roles.isSubset(of: others) { return true }
        guard !roles.contains(.owner) else { return false }
        func caller(_ roles: Set<Role>) -> Caller { holder(of: roles, nil, in: access.tenant, access, from: origin) }
        let certain = others.map { authorizer.certainPermissions(of: caller([$0])) }
        return permissions(ofAnyOf: roles, caller).isSubset(of: certain.reduce(into: []) { $0.formUnion($1) })
    }

    /// What the roles give together or one by one, at any time: a role can deny what another gives, and does so no longer
    /// when it is taken away; and what a role gives from tomorrow on is given today.
    private func permissions(ofAnyOf roles: Set<Role>, _ holder: (Set<Role>) -> Caller) -> Set<Permission> {
        roles.reduce(into: authorizer.possiblePermissions(of: holder(roles))) { found, role in
            found.formUnion(authorizer.possiblePermissions(of: holder([role])))
        }
    }

    private func holder(
        of roles: Set<Role>, _ user: UserID?, in tenant: TenantID, _ access: TenantAccess?, from origin: Origin
    ) -> Caller {
        Caller(
            .user(
                SignedInUser(
                    id: user ?? UserID(high: 0, low: 0), tenant: tenant, session: SessionID(high: 0, low: 0),
                    roles: roles)),
            from: origin, access: access)
    }
}

extension Caller {
    /// The same under the rules as they are stored: what the request was let in by may be a second old.
    func underStoredRules(in work: any HasAccess) async throws(Failure) -> Caller {
        Caller(principal, from: origin, access: try await work.access.tenantAccess())
    }
}
