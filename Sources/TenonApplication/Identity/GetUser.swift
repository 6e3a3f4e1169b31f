public import TenonDomain

/// One user of the caller's tenant.
public struct GetUser: Sendable {
    public static let permission = Permission.usersRead

    let stores: Reads<any HasUsers>
    let authorizer: any Authorizer

    /// Fails with `userNotFound`.
    public func execute(_ id: UserID, as caller: Caller) async throws(Failure) -> User {
        guard let user = try await stores.for(caller).users.user(id) else { throw .noUser }
        try authorizer.require(Self.permission, on: user, as: caller)
        return user
    }
}
