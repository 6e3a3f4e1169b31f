internal import TenonDomain

/// Finds the accounts that a name stands for before a tenant is known.
struct Accounts: Sendable {
    let transactions: any Transactions
    let directory: any Directory

    /// At one tenant, or at the `SignIn.maximumAccounts` oldest that have the name.
    func named(_ login: LoginName, at tenant: TenantSlug?) async throws(Failure) -> [User] {
        if let tenant {
            guard let id = try await directory.tenant(tenant) else { return [] }
            return try await transactions.reads(in: id).users.user(login).map { [$0] } ?? []
        }
        var users: [User] = []
        for account in try await directory.accounts(login, limit: SignIn.maximumAccounts) {
            if let user = try await transactions.reads(in: account.tenant).users.user(account.user) {
                users.append(user)
            }
        }
        return users
    }
}

extension LoginName {
    /// What attempts on the name are counted under.
    func throttled(in tenant: TenantSlug?) -> String {
        switch self {
        case .email(let email): "email/\(tenant?.text ?? "")/\(email.folded)"
        case .username(let name): "username/\(tenant?.text ?? "")/\(name.folded)"
        }
    }
}
