public import TenonDomain

/// Deletes a user with its sessions. What it did stays in the audit log under its id.
public struct DeleteUser: Sendable {
    public static let permission = Permission.usersWrite

    public typealias Input = ChangeInput<UserID, Void>

    let transactions: Writes<any HasUsers & HasAccess & RecordsEvents>
    let authorizer: any Authorizer

    /// Fails with `userNotFound`, `lastOwner`, `permissionDenied` if it has more permissions than the caller, or
    /// `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await transactions.write(for: caller) { work throws(Failure) in
            let owners = try await work.users.ownersForUpdate()
            guard let user = try await work.users.userForUpdate(input.id) else { throw .noUser }
            try authorizer.require(Self.permission, on: user, as: caller)
            try input.precondition.check(user.version)
            try await RoleGrants(authorizer: authorizer).requireReach(over: user.roles, of: user.id, as: caller, work)
            try user.requireOtherOwner(among: owners)
            try await work.users.remove(user.id)
            work.record(user.removal)
            // A backup may restore the user, with a higher version.
            work.accessChanged(.user(user.id), epoch: user.version + 1)
        }
    }
}
