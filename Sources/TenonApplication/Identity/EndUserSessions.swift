public import TenonDomain

/// Ends every session of a user of the caller's tenant, for example after a device was stolen. Access tokens are
/// refused at once by this process, within a second by others.
public struct EndUserSessions: Sendable {
    public static let permission = Permission.usersWrite

    let transactions: Writes<any HasUsers & HasSessions & HasAccess & RecordsEvents>
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Fails with `userNotFound`, or with `permissionDenied` if the user has more permissions than the caller.
    public func execute(_ id: UserID, as caller: Caller) async throws(Failure) {
        let now = clock.now()
        try await transactions.write(for: caller) { work throws(Failure) in
            guard let user = try await work.users.userForUpdate(id) else { throw .noUser }
            try authorizer.require(Self.permission, on: user, as: caller)
            try await RoleGrants(authorizer: authorizer).requireReach(over: user.roles, of: user.id, as: caller, work)
            let signedOut = user.signedOut(at: now)
            try await work.users.save(signedOut)
            try await work.endSessions(of: signedOut, because: "ended_by_administrator", at: now)
        }
    }
}
