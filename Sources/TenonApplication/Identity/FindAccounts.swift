internal import TenonDomain

/// Finds the users with a login name, before the tenant is known.
struct FindAccounts: Sendable {
    let stores: Reads<any HasUsers>
    let directory: any Directory

    /// Of one tenant, or of the `SignIn.maxAccounts` oldest tenants with such a user.
    func named(_ login: LoginName, at tenant: TenantSlug?) async throws(Failure) -> [User] {
        if let tenant {
            guard let id = try await directory.tenant(tenant) else { return [] }
            return try await stores.in(id).users.user(login).map { [$0] } ?? []
        }
        var users: [User] = []
        var unavailable: Failure?
        for tenant in try await directory.tenants(of: login, limit: SignIn.maxAccounts) {
            do throws(Failure) {
                // The directory can still list an account that has since taken another name.
                if let user = try await stores.in(tenant).users.user(login) { users.append(user) }
            } catch {
                // A tenant's unreachable database must not prevent sign-ins at other tenants.
                guard error.code.kind == .unavailable else { throw error }
                unavailable = error
            }
        }
        if users.isEmpty, let unavailable { throw unavailable }
        return users
    }
}

extension LoginName {
    /// The key under which attempts on the name are counted.
    func throttled(in tenant: TenantSlug?) -> String {
        switch self {
        case .email(let email): "email/\(tenant?.text ?? "")/\(email.folded)"
        case .username(let name): "username/\(tenant?.text ?? "")/\(name.folded)"
        }
    }
}
