public import TenonDomain

/// Signs the caller out everywhere: ends every session of the user, including the current one. Their access tokens are
/// refused at once by this process, within a second by others.
public struct EndOwnSessions: Sendable {
    let transactions: Writes<any HasUsers & HasSessions & RecordsEvents>
    let clock: any WallClock

    /// Fails with `notAuthenticated` for an unauthenticated caller.
    public func execute(as caller: Caller) async throws(Failure) {
        let now = clock.now()
        try await transactions.write(for: caller) { work throws(Failure) in
            let user = try await work.users.userForUpdate(of: caller).signedOut(at: now)
            try await work.users.save(user)
            try await work.endSessions(of: user, because: "signed_out_everywhere", at: now)
        }
    }
}
