public import TenonDomain

/// Changes a user: names, roles, suspension.
public struct UpdateUser: Sendable {
    public static let permission = Permission.usersWrite

    public typealias Input = ChangeInput<UserID, UserPatch>

    let transactions: Writes<any HasUsers & HasSessions & HasAccess & HasPasswordResets & HasPolicies & RecordsEvents>
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Access tokens with other roles are refused from now on; suspending a user ends all of their sessions
    /// permanently. Fails with `userNotFound`, `lastOwner`, `emailTaken`, `usernameTaken`, `preconditionFailed`, like
    /// `RoleGrants`, with `permissionDenied` if a program sets an e-mail address, or with a violation at `/email` if it
    /// is the caller's own.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> User {
        let now = clock.now()
        return try await transactions.write(for: caller) { work throws(Failure) in
            let owners = try await work.users.ownersForUpdate()
            guard let user = try await work.users.userForUpdate(input.id) else { throw .noUser }
            try authorizer.require(Self.permission, on: user, as: caller)
            try input.precondition.check(user.version)
            try await RoleGrants(authorizer: authorizer).check(
                input.change.roles ?? user.roles, over: user.roles, of: user.id, in: user.tenant, as: caller, work)
            // The owner of the mailbox can choose the password, and so outlive a program's key or a stolen token.
            if let email = input.change.email, email != user.email {
                guard try caller.requireUser().id != user.id else {
                    throw .invalid(
                        "own_email", "cannot be your own here: change it in your profile, which requires the password",
                        at: "/email")
                }
            }
            guard let (changed, event) = user.changed(by: input.change, at: now) else { return user }
            try changed.checkUsername(after: user)
            try changed.requireOwner(besides: user, among: owners)
            try await work.users.save(changed)
            // Reset tokens sent to the previous address are revoked.
            if changed.email != user.email { try await work.passwordResets.removeAll(of: user.id) }
            work.record(event)
            if user.maySignIn, !changed.maySignIn {
                try await work.endSessions(of: changed, because: "user_suspended", at: now)
            } else if changed.mayDoOther(than: user) {
                work.accessChanged(.user(user.id), epoch: changed.version)
            }
            return changed
        }
    }
}

extension User {
    /// Passes unless the change leaves its tenant without an active owner; else `lastOwner`.
    fileprivate func requireOwner(besides old: User, among owners: [UserID]) throws(Failure) {
        guard old.isActiveOwner, !isActiveOwner else { return }
        try old.requireOtherOwner(among: owners)
    }

    /// Passes if another owner remains; else `lastOwner`.
    func requireOtherOwner(among owners: [UserID]) throws(Failure) {
        guard isActiveOwner, owners.allSatisfy({ $0 == id }) else { return }
        throw Failure(.lastOwner, "This is the last owner. Make another user an owner first.")
    }
}
