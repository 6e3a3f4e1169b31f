public import TenonDomain

/// Gets the caller's user or API key, its tenant, and its effective permissions.
public struct GetCurrentUser: Sendable {
    public struct Output: Sendable {
        public let holder: Holder
        /// Nil for a platform administrator.
        public let tenant: Tenant?
        public let permissions: Set<Permission>
    }

    /// The possible callers.
    public enum Holder: Sendable {
        case user(User)
        case apiKey(APIKey)
    }

    let stores: Reads<any HasTenants & HasUsers & HasAPIKeys>
    let authorizer: any Authorizer

    /// Fails with `notAuthenticated`, also if the user or the key was deleted.
    public func execute(as caller: Caller) async throws(Failure) -> Output {
        let id = try caller.requireTenant()
        let stores = try stores.for(caller)
        let holder = try await holder(of: caller, in: stores)
        let tenant = id == .platform ? nil : try await stores.tenants.tenant(id)
        return Output(holder: holder, tenant: tenant, permissions: authorizer.permissions(of: caller))
    }

    private func holder(of caller: Caller, in stores: any HasUsers & HasAPIKeys) async throws(Failure) -> Holder {
        if case .apiKey(let key) = caller.principal {
            do throws(Failure) {
                return .apiKey(try await stores.apiKeys.key(key.id))
            } catch {
                throw error.code == .apiKeyNotFound ? .invalidAPIKey : error
            }
        }
        return .user(try await stores.users.user(of: caller))
    }
}
