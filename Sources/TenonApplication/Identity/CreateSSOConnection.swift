public import TenonDomain
internal import TenonKit

/// Connects the tenant to an identity provider.
public struct CreateSSOConnection: JoinsTransaction {
    public static let permission = Permission.ssoWrite

    public struct Input: Sendable {
        public let name: SSOConnectionName
        public let preset: SSOPreset
        /// Optional for Logto.
        public let issuer: IssuerURL?
        public let settings: SSOSettingsPatch
        /// Nil for a public client.
        public let secret: Secret?

        public init(
            name: SSOConnectionName, preset: SSOPreset, issuer: IssuerURL?, settings: SSOSettingsPatch, secret: Secret?
        ) {
            self.name = name
            self.preset = preset
            self.issuer = issuer
            self.settings = settings
            self.secret = secret
        }
    }

    var transactions: Writes<any HasSSO & HasAccess & HasPolicies & RecordsEvents>
    let authorizer: any Authorizer
    let sealer: any ValueSealer
    let identifiers: Identifiers
    let clock: any WallClock
    let logtoIssuer: IssuerURL?

    public func joining(_ transaction: OpenTransaction) -> Self {
        var joined = self
        joined.transactions = transactions.joining(transaction)
        return joined
    }

    /// Fails with `validationFailed`, `ssoConnectionNameTaken` and `tooManySSOConnections`, and with `permissionDenied`
    /// if it could give a user more permissions than the caller has.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> SSOConnection {
        let tenant = try caller.requireTenant()
        try authorizer.require(Self.permission, on: TenantScope(tenant), as: caller)
        let settings: SSOSettings
        do throws(Violation) {
            settings = try input.settings.settings(
                by: input.preset, issuer: input.issuer ?? (input.preset == .logto ? logtoIssuer : nil))
        } catch {
            throw .invalid([error])
        }
        let id: SSOConnectionID = identifiers.next()
        let sealed = try await sealer.seal(input.secret, of: id, in: tenant)
        let (connection, created) = SSOConnection.create(
            id: id, tenant: tenant, name: input.name, preset: input.preset, settings: settings, sealedSecret: sealed,
            at: clock.now())
        try await transactions.write(for: caller) { work throws(Failure) in
            try await work.policies.requireKnownRoles(Set(settings.roleMapping.values), at: "/role_mapping")
            try await work.policies.requireKnownRoles(settings.defaultRoles, at: "/default_roles")
            try await RoleGrants(authorizer: authorizer)
                .requireReach(over: settings.reachedRoles, of: nil, as: caller, work)
            // Concurrent creations are not counted; they are limited to one tenant's concurrent requests.
            let standing = try await work.sso.connections(PageRequest(.page(1), limit: 1)).total ?? 0
            guard standing < SSOConnection.maxCount else {
                throw Failure(
                    .tooManySSOConnections,
                    "A tenant can have at most \(SSOConnection.maxCount) connections. Delete one first.")
            }
            try await work.sso.add(connection)
            work.record(created)
        }
        return connection
    }
}

extension ValueSealer {
    /// The connection's sealed secret; nil if there is none.
    func seal(
        _ secret: Secret?, of connection: SSOConnectionID, in tenant: TenantID
    ) async throws(Failure) -> SealedBytes? {
        guard let secret else { return nil }
        return try await seal(secret.withBytes { Array($0) }, at: SSOConnection.sealPlace(of: connection, in: tenant))
    }
}
