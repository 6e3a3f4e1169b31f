internal import TenonDomain

/// Who may give which roles. `owner` is given and taken by owners alone; administrators of the platform are no users of a
/// tenant, nor the other way round.
enum RoleGrants {
    /// Fails with `permissionDenied` or a violation at `/roles`.
    static func check(_ new: Set<Role>, over old: Set<Role>, in tenant: TenantID, as caller: Caller) throws(Failure) {
        let isPlatform = tenant == .platform
        guard isPlatform == new.contains(.platformAdministrator), !isPlatform || new.count == 1 else {
            throw .invalid(
                "role_not_allowed",
                isPlatform ? "Users of the platform are its administrators." : "No user of a tenant has this role.",
                at: "/roles")
        }
        guard new.contains(.owner) != old.contains(.owner) else { return }
        switch caller.principal {
        case .user(let user) where user.roles.contains(.owner): return
        case .system: return
        case .user, .apiKey, .platformAdministrator, .anonymous:
            throw Failure(.permissionDenied, "Only an owner makes and unmakes owners.")
        }
    }
}
