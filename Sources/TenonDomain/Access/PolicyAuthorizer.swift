/// Decides by policy: the built-in roles, and the caller's tenant's own rules, which the process caches
/// (`TenantAccess.policy`).
public struct PolicyAuthorizer: Authorizer {
    private let clock: any WallClock

    /// The clock provides the time to conditions.
    public init(clock: any WallClock) {
        self.clock = clock
    }

    public func allows(_ permission: Permission, for caller: Caller) -> Bool {
        decide(permission, for: caller) { policy, subject in policy.allows(permission, for: subject, at: clock.now()) }
    }

    public func everAllows(_ permission: Permission, for caller: Caller) -> Bool {
        decide(permission, for: caller) { policy, subject in policy.everAllows(permission, for: subject) }
    }

    public func grants(_ permission: Permission, for caller: Caller) -> Bool {
        decide(permission, for: caller) { policy, subject in policy.grants(permission, to: subject) }
    }

    public func permits(
        _ permission: Permission, on resource: some Protected, for caller: Caller
    ) throws(Failure) -> Bool {
        try decide(permission, for: caller) { policy, subject throws(Failure) in
            let now = clock.now()
            return try policy.permits(
                permission, for: subject, on: PolicyResource(resource),
                PolicyCircumstances(address: caller.origin.address, userAgent: caller.origin.userAgent, at: now),
                at: now, charging: caller.budget)
        }
    }

    public func permissions(of caller: Caller) -> Set<Permission> {
        Set(Permission.all.filter { allows($0, for: caller) })
    }

    /// Evaluates the tenant's own policy only if there is one: the built-in roles alone are a table.
    private func decide<Fault: Error>(
        _ permission: Permission, for caller: Caller, by ask: (TenantPolicy, PolicySubject) throws(Fault) -> Bool
    ) throws(Fault) -> Bool {
        switch caller.principal {
        case .anonymous: return false
        case .system: return true
        case .platformAdministrator:
            return StandardPolicy.permissions[.platformAdministrator]?.contains(permission) == true
        case .user(let user):
            if let exception = PolicyException(permission, of: user.roles) { return exception.isAllowed }
            guard let policy = caller.access?.policy else {
                return user.roles.contains { role in
                    role != .platformAdministrator && StandardPolicy.permissions[role]?.contains(permission) == true
                }
            }
            return try ask(policy, PolicySubject(user: user.id, roles: user.roles))
        case .apiKey(let key):
            if let exception = PolicyException(permission, within: key.scopes) { return exception.isAllowed }
            guard let policy = caller.access?.policy else { return true }
            return try ask(policy, PolicySubject(key: key.id))
        }
    }
}
