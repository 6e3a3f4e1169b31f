public import TenonDomain

/// Gets one key, without its secret. Fails with `apiKeyNotFound`.
public typealias GetAPIKey = Get<APIKey>
/// Lists the tenant's keys, oldest first.
public typealias ListAPIKeys = List<APIKey>
/// Deletes a key: within a second no process accepts it. Fails with `apiKeyNotFound`, `preconditionFailed`, or
/// `permissionDenied` where the caller is not a user.
public typealias RevokeAPIKey = Delete<APIKey>

extension APIKey: Listable, Deletable {
    public static let readPermission = Permission.apiKeysRead
    public static let writePermission = Permission.apiKeysWrite

    public static func find(
        _ id: APIKeyID, for caller: Caller, in stores: any HasAPIKeys
    ) async throws(Failure) -> APIKey {
        try await stores.apiKeys.key(id)
    }

    public static func page(
        _ page: PageRequest, matching filter: Void, for caller: Caller, in stores: any HasAPIKeys
    ) async throws(Failure) -> Page<APIKey> {
        try await stores.apiKeys.keys(page)
    }

    public static func findForUpdate(
        _ id: APIKeyID, in work: any HasAPIKeys & RecordsEvents
    ) async throws(Failure) -> APIKey {
        try await work.apiKeys.keyForUpdate(id)
    }

    public func delete(
        _ options: Void, in work: any HasAPIKeys & RecordsEvents, as caller: Caller
    ) async throws(Failure) {
        _ = try caller.requireUser()
        try await work.apiKeys.remove(self)
        work.record(revoked())
        work.accessChanged(.apiKey(id))
    }
}
