public import TenonDomain

/// One key, without its secret.
public struct GetAPIKey: Sendable {
    public static let permission = Permission.apiKeysRead

    let stores: Reads<any HasAPIKeys>
    let authorizer: any Authorizer

    /// Fails with `apiKeyNotFound`.
    public func execute(_ id: APIKeyID, as caller: Caller) async throws(Failure) -> APIKey {
        let key = try await stores.for(caller).apiKeys.key(id)
        try authorizer.require(Self.permission, on: key, as: caller)
        return key
    }
}
