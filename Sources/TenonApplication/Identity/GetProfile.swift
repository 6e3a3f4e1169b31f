public import TenonDomain

/// Gets the caller's profile.
public struct GetProfile: Sendable {
    let stores: Reads<any HasUsers>

    /// Fails with `notAuthenticated`, also if the user was deleted.
    public func execute(as caller: Caller) async throws(Failure) -> User {
        try await stores.for(caller).users.user(of: caller)
    }
}

extension UserStore {
    /// The signed-in user, as stored. Fails with `notAuthenticated`, also if the user was deleted.
    func user(of caller: Caller) async throws(Failure) -> User {
        guard let user = try await user(try caller.requireUser().id) else { throw Self.isGone }
        return user
    }

    /// The same, locked until the transaction ends.
    func userForUpdate(of caller: Caller) async throws(Failure) -> User {
        guard let user = try await userForUpdate(try caller.requireUser().id) else { throw Self.isGone }
        return user
    }

    private static var isGone: Failure { Failure(.notAuthenticated, "Sign in again.") }
}
