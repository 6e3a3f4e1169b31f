public import TenonDomain

/// Deletes a role of the tenant that no user has.
public struct DeleteRole: Sendable {
    public static let permission = RevisePolicies.permission

    public typealias Input = ChangeInput<Role, Void>

    let revise: RevisePolicies

    /// Fails with `roleNotFound`, `roleBuiltIn`, `roleInUse` or `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await revise.execute(.role(input.id), as: caller) { work throws(Failure) in
            let role = try await work.policies.requireOwn(input.id)
            try revise.require(on: role, as: caller)
            try input.precondition.check(role.version)
            let heirs = try await work.policies.roles().filter { $0.inherits.contains(input.id) }
            let users = try await work.users.users(PageRequest(limit: 1), matching: UserFilter(role: input.id))
            if let heir = heirs.first { throw Failure(.roleInUse, "The role \(heir.role.name) inherits it.") }
            guard users.items.isEmpty else { throw Failure(.roleInUse, "Users have it.") }
            if let connection = try await work.sso.connection(reaching: input.id) {
                throw Failure(.roleInUse, "The single sign-on connection \(connection.name.text) gives it.")
            }
            try await work.policies.remove(input.id)
            work.record(role.removal)
        }
    }
}

extension SSOConnectionStore {
    /// The first connection that can give the role; nil for none.
    fileprivate func connection(reaching role: Role) async throws(Failure) -> SSOConnection? {
        var start: PageRequest.Start? = .first
        while let next = start {
            let page = try await connections(PageRequest(next, limit: PageRequest.maxLimit))
            if let found = page.items.first(where: { $0.settings.reachedRoles.contains(role) }) { return found }
            start = page.next.map { .after($0) }
        }
        return nil
    }
}
