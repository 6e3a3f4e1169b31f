public import TenonDomain

/// Gets one user of the caller's tenant. Fails with `userNotFound`.
public typealias GetUser = Get<User>
/// Lists the users of the caller's tenant, oldest first.
public typealias ListUsers = List<User>

extension User: Listable {
    public static let readPermission = Permission.usersRead

    public static func find(
        _ id: UserID, for caller: Caller, in stores: any HasUsers
    ) async throws(Failure) -> User {
        guard let user = try await stores.users.user(id) else { throw .noUser }
        return user
    }

    public static func page(
        _ page: PageRequest, matching filter: UserFilter, for caller: Caller, in stores: any HasUsers
    ) async throws(Failure) -> Page<User> {
        try await stores.users.users(page, matching: filter)
    }
}
