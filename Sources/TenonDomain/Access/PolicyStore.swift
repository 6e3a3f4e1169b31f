/// Stores the roles and policies of the transaction's tenant.
public protocol PolicyStore: Sendable {
    /// Locks this store for the tenant until the transaction ends. A second writer waits, so that what each has checked
    /// is still true when it is stored.
    func lock() async throws(Failure)

    /// All of them by name: a tenant has at most `TenantRole.maxCount`.
    func roles() async throws(Failure) -> [TenantRole]

    func role(_ role: Role) async throws(Failure) -> TenantRole?

    /// New roles get higher versions than this, so that no version is reused after a role with the same name was
    /// deleted or a backup was restored. 0 if neither happened.
    func roleVersionFloor() async throws(Failure) -> Int64

    /// Fails with `roleNameTaken`.
    func add(_ role: TenantRole) async throws(Failure)

    /// Stores all members that can change.
    func save(_ role: TenantRole) async throws(Failure)

    func remove(_ role: Role) async throws(Failure)

    /// In the order of their ids.
    func policies(_ page: PageRequest) async throws(Failure) -> Page<Policy>

    /// All of them in the order of their ids: a tenant has at most `Policy.maxCount`.
    func policies() async throws(Failure) -> [Policy]

    func policy(_ id: PolicyID) async throws(Failure) -> Policy?

    /// Fails with `policyNameTaken`.
    func add(_ policy: Policy) async throws(Failure)

    /// Stores all members that can change. Fails with `policyNameTaken`.
    func save(_ policy: Policy) async throws(Failure)

    func remove(_ id: PolicyID) async throws(Failure)
}

/// Stores with a `PolicyStore`.
public protocol HasPolicies: Sendable {
    var policies: any PolicyStore { get }
}

extension PolicyStore {
    /// Passes if each is a built-in role or one of the tenant's; else fails as invalid at `pointer`. Call it in the
    /// transaction that assigns the roles: the tenant's roles cannot change until it ends.
    public func requireKnownRoles(_ wanted: Set<Role>, at pointer: String = "/roles") async throws(Failure) {
        let others = wanted.subtracting(Role.builtIn)
        guard !others.isEmpty else { return }
        try await lock()
        let unknown = others.subtracting(try await roles().map(\.role)).map(\.name).sorted()
        guard unknown.isEmpty else {
            throw .invalid("unknown_role", "Unknown role: \(unknown.joined(separator: ", ")).", at: pointer)
        }
    }
}

extension TenantRole: StoredResource {
    public var storeKey: Role { role }
    public var sortKey: String { role.name }
    public var checkedVersion: Int64? { version }

    public static let uniqueKeys = [
        UniqueKey<TenantRole>("roles_pkey", \.role.name) { role in
            Failure(.roleNameTaken, "The tenant has a role \(role.role.name) already.")
        }
    ]
}

extension Policy: StoredResource {
    public var storeKey: PolicyID { id }
    public var sortKey: String { id.description }
    public var checkedVersion: Int64? { version }

    public static let uniqueKeys = [
        UniqueKey<Policy>("policies_name_key", \.name.text) { policy in
            Failure(.policyNameTaken, "The tenant has a policy \(policy.name.text) already.")
        }
    ]
}
