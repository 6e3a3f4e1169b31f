public import TenonDomain

/// Deletes a key: within a second no process accepts it.
public struct RevokeAPIKey: Sendable {
    public static let permission = Permission.apiKeysWrite

    public struct Input: Sendable {
        public let id: APIKeyID
        public let precondition: Precondition

        public init(id: APIKeyID, if precondition: Precondition = .none) {
            self.id = id
            self.precondition = precondition
        }
    }

    let transactions: Writes<any HasAPIKeys & RecordsEvents>
    let authorizer: any Authorizer

    /// Fails with `apiKeyNotFound`, `preconditionFailed`, or `permissionDenied` where the caller is no user.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await transactions.write(for: caller) { work throws(Failure) in
            let key = try await work.apiKeys.keyForUpdate(input.id)
            try authorizer.require(Self.permission, on: key, as: caller)
            _ = try caller.requireUser()
            try input.precondition.check(key.version)
            try await work.apiKeys.remove(key)
            work.record(key.revoked())
            work.accessChanged(.apiKey(key.id))
        }
    }
}
