public import TenonDomain
public import TenonKit

/// Updates a connection. Its name, its preset and its issuer do not change.
public struct UpdateSSOConnection: Sendable {
    public static let permission = Permission.ssoWrite

    public struct Input: Sendable {
        public let id: SSOConnectionID
        public let settings: SSOSettingsPatch
        public let secret: PatchMember<Secret>
        public let precondition: Precondition

        public init(
            id: SSOConnectionID, settings: SSOSettingsPatch, secret: PatchMember<Secret> = .absent,
            if precondition: Precondition = .none
        ) {
            self.id = id
            self.settings = settings
            self.secret = secret
            self.precondition = precondition
        }
    }

    let transactions: Writes<any HasSSO & HasAccess & HasPolicies & RecordsEvents>
    let authorizer: any Authorizer
    let sealer: any ValueSealer
    let clock: any WallClock

    /// Fails with `ssoConnectionNotFound`, `validationFailed` and `preconditionFailed`, and with `permissionDenied` if
    /// it could give a user more permissions than the caller has, before or after.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> SSOConnection {
        let tenant = try caller.requireTenant()
        let secret = try await sealed(input, in: tenant)
        let now = clock.now()
        return try await transactions.write(for: caller) { work throws(Failure) in
            let connection = try await work.sso.connectionForUpdate(input.id)
            try authorizer.require(Self.permission, on: connection, as: caller)
            try input.precondition.check(connection.version)
            let settings: SSOSettings
            do throws(Violation) {
                settings = try input.settings.applied(to: connection.settings)
            } catch {
                throw .invalid([error])
            }
            let (old, new) = (connection.settings, settings)
            // A role that was deleted since may remain in it.
            let mapped = Set(new.roleMapping.values).subtracting(old.reachedRoles)
            try await work.policies.requireKnownRoles(mapped, at: "/role_mapping")
            try await work.policies.requireKnownRoles(
                new.defaultRoles.subtracting(old.reachedRoles), at: "/default_roles")
            try await RoleGrants(authorizer: authorizer)
                .requireReach(over: old.reachedRoles.union(new.reachedRoles), of: nil, as: caller, work)
            guard let (changed, event) = connection.changed(settings, secret: secret, at: now) else {
                return connection
            }
            try await work.sso.save(changed)
            work.record(event)
            return changed
        }
    }

    private func sealed(_ input: Input, in tenant: TenantID) async throws(Failure) -> PatchMember<SealedBytes> {
        switch input.secret {
        case .absent: .absent
        case .removed: .removed
        case .set(let secret):
            .set(
                try await sealer.seal(
                    secret.withBytes { Array($0) }, at: SSOConnection.sealPlace(of: input.id, in: tenant)))
        }
    }
}
