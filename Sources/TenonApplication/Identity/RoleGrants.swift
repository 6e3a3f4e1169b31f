internal import TenonDomain

/// Who may grant which roles, and to whom. A caller cannot grant more than it may do itself, nor change a user who may
/// do more: otherwise a user manager could get any permission. Only owners can create, change and demote owners;
/// platform administrators are not users of a tenant, nor the other way round.
struct RoleGrants: Sendable {
    let authorizer: any Authorizer

    /// Whether the caller may change a user's roles from `old` to `new`; `user` is nil for a new one. Fails with
    /// `permissionDenied`, or with a violation at `/roles`.
    func check(
        _ new: Set<Role>, over old: Set<Role> = [], of user: UserID?, in tenant: TenantID, as caller: Caller,
        _ work: any HasAccess & HasPolicies
    ) async throws(Failure) {
        let isPlatform = tenant == .platform
        guard isPlatform == new.contains(.platformAdministrator), !isPlatform || new.count == 1 else {
            throw .invalid(
                "role_not_allowed",
                isPlatform
                    ? "users of the platform must have the role platform_administrator"
                    : "users of a tenant must not have this role",
                at: "/roles")
        }
        // Locked before the check, so that their permissions cannot grow meanwhile.
        if !isPlatform { try await work.policies.requireKnownRoles(new.subtracting(old), at: "/roles") }
        try await requireReach(over: new.union(old), of: user, keepingRoles: new == old, as: caller, work)
    }

    /// Whether the caller may change the user (nil for a new one) with these roles; else `permissionDenied`.
    func requireReach(
        over roles: Set<Role>, of user: UserID?, keepingRoles: Bool = true, as caller: Caller, _ work: any HasAccess
    ) async throws(Failure) {
        switch caller.principal {
        case .system, .platformAdministrator: return
        case .anonymous: throw Failure(.notAuthenticated, "Sign in first.")
        case .user(let signedIn) where signedIn.roles.contains(.owner): return
        // Callers gain nothing by their own permissions: their own conditions do not prevent changes to themselves. By
        // removing a role that denies they would gain.
        case .user(let signedIn) where keepingRoles && signedIn.id == user && roles.isSubset(of: signedIn.roles): return
        case .user(let signedIn): try await requireReach(over: roles, of: user, in: signedIn.tenant, as: caller, work)
        case .apiKey(let key): try await requireReach(over: roles, of: user, in: key.tenant, as: caller, work)
        }
    }

    private func requireReach(
        over roles: Set<Role>, of user: UserID?, in tenant: TenantID, as caller: Caller, _ work: any HasAccess
    ) async throws(Failure) {
        guard !roles.contains(.owner) else {
            throw Failure(.permissionDenied, "Only an owner can create, change and demote owners.")
        }
        let giver = try await caller.underStoredRules(in: work)
        let reach = permissions(ofAnyOf: roles) { holder(of: $0, user, in: tenant, giver.access, from: giver.origin) }
        guard reach.isSubset(of: authorizer.certainPermissions(of: giver)) else {
            throw Failure(.permissionDenied, "You cannot manage roles with more permissions than you have.")
        }
    }

    /// Whether a subject with `roles` may do nothing that a subject with some of `others` may not certainly do. Owners
    /// are compared only as owners.
    func reaches(_ others: Set<Role>, over roles: Set<Role>, in access: TenantAccess, from origin: Origin) -> Bool {
        if roles.isSubset(of: others) { return true }
        guard !roles.contains(.owner) else { return false }
        func caller(_ roles: Set<Role>) -> Caller { holder(of: roles, nil, in: access.tenant, access, from: origin) }
        let certain = others.map { authorizer.certainPermissions(of: caller([$0])) }
        return permissions(ofAnyOf: roles, caller).isSubset(of: certain.reduce(into: []) { $0.formUnion($1) })
    }

    /// The permissions of the roles together or one by one, at any time: a role can deny the permissions of another,
    /// and stops when it is removed; and future permissions of a role count as given today.
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
    /// The same with the stored rules: the rules that authorized the request may be a second old.
    func underStoredRules(in work: any HasAccess) async throws(Failure) -> Caller {
        Caller(principal, from: origin, access: try await work.access.tenantAccess())
    }
}
