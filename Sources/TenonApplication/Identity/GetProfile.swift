public import TenonDomain

/// What the caller says of itself.
public struct GetProfile: Sendable {
    let stores: Reads<any HasUsers>

    /// Fails with `notAuthenticated`, also where the user is gone.
    public func execute(as caller: Caller) async throws(Failure) -> User {
        try await stores.for(caller).users.user(of: caller)
    }
}

extension UserStore {
    /// The user who has signed in, as it is stored. Fails with `notAuthenticated`, also where the user is gone.
    func user(of caller: Caller) async throws(Failure) -> User {
        guard let user = try await user(try caller.requireUser().id) else { throw Self.isGone }
        return user
    }

    /// The same, held until the transaction ends.
    func userForUpdate(of caller: Caller) async throws(Failure) -> User {
        guard let user = try await userForUpdate(try caller.requireUser().id) else { throw Self.isGone }
        return user
    }

    private static var isGone: Failure { Failure(.notAuthenticated, "Sign in again.") }
}
