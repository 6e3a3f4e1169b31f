public import TenonDomain
public import TenonKit

/// Updates a key: its name, scopes, networks, expiry, signing and status.
public struct UpdateAPIKey: Sendable {
    public static let permission = Permission.apiKeysWrite

    public struct Input: Sendable {
        public let id: APIKeyID
        public let name: DisplayName?
        public let scopes: Set<Permission>?
        public let networks: AllowedNetworks?
        public let expiresAt: PatchMember<Timestamp>
        public let requiresSignature: Bool?
        public let status: APIKeyStatus?
        public let precondition: Precondition

        public init(
            id: APIKeyID, name: DisplayName? = nil, scopes: Set<Permission>? = nil, networks: AllowedNetworks? = nil,
            expiresAt: PatchMember<Timestamp> = .absent, requiresSignature: Bool? = nil, status: APIKeyStatus? = nil,
            if precondition: Precondition = .none
        ) {
            self.id = id
            self.name = name
            self.scopes = scopes
            self.networks = networks
            self.expiresAt = expiresAt
            self.requiresSignature = requiresSignature
            self.status = status
            self.precondition = precondition
        }

        func applied(to old: APIKeyTerms) -> APIKeyTerms {
            APIKeyTerms(
                name: name ?? old.name, scopes: scopes ?? old.scopes, networks: networks ?? old.networks,
                expiresAt: expiresAt.applied(to: old.expiresAt),
                requiresSignature: requiresSignature ?? old.requiresSignature, status: status ?? old.status)
        }
    }

    let transactions: Writes<any HasAPIKeys & RecordsEvents>
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Fails with `apiKeyNotFound`, `preconditionFailed`, `permissionDenied` if the caller is not a user or adds a
    /// scope that it does not have, or extends the use of a key with such a scope, or as `validationFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> APIKey {
        let now = clock.now()
        return try await transactions.write(for: caller) { work throws(Failure) in
            let key = try await work.apiKeys.keyForUpdate(input.id)
            try authorizer.require(Self.permission, on: key, as: caller)
            _ = try caller.requireUser()
            try input.precondition.check(key.version)
            let terms = input.applied(to: key.terms)
            let added = terms.scopes.subtracting(key.terms.scopes)
            try authorizer.requireHeld(terms.isWider(than: key.terms) ? terms.scopes : added, by: caller)
            guard let (changed, event) = try key.changed(to: terms, at: now) else { return key }
            try await work.apiKeys.save(changed)
            work.record(event)
            work.accessChanged(.apiKey(key.id))
            return changed
        }
    }
}
