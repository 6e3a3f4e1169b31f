public import TenonDomain

/// Changes a tenant's name; as a platform administrator, also its plan and whether it is suspended. Slug and isolation
/// never change.
public struct UpdateTenant: Sendable {
    public static let permission = Permission.tenantsWrite

    /// The statuses that can be set.
    public enum Standing: String, Sendable, CaseIterable {
        case active, suspended
    }

    public struct Input: Sendable {
        public let id: TenantID
        public let name: DisplayName?
        public let plan: TenantPlan?
        public let standing: Standing?
        public let precondition: Precondition

        public init(
            id: TenantID, name: DisplayName? = nil, plan: TenantPlan? = nil, standing: Standing? = nil,
            if precondition: Precondition = .none
        ) {
            self.id = id
            self.name = name
            self.plan = plan
            self.standing = standing
            self.precondition = precondition
        }
    }

    let registry: Writes<any HasTenants & RecordsEvents>
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Fails with `tenantNotFound`, `preconditionFailed` or `tenantStatusConflict`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Tenant {
        try authorizer.require(Self.permission, onTenant: input.id, as: caller)
        if input.plan != nil || input.standing != nil {
            try authorizer.requirePlatform(Self.permission, as: caller)
        }
        let now = clock.now()
        return try await registry.write(in: input.id, as: caller) { work throws(Failure) in
            let tenant = try await work.tenantForUpdate(input.id, if: input.precondition)
            try tenant.requireStanding()
            let changed = try await work.save(
                tenant.changed(name: input.name, plan: input.plan, at: now), orKeep: tenant)
            switch input.standing {
            case nil: return changed
            case .active: return try await work.save(try changed.resumed(at: now), orKeep: changed)
            case .suspended: return try await work.save(try changed.suspended(at: now), orKeep: changed)
            }
        }
    }
}
