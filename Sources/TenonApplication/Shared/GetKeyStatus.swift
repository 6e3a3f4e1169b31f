public import TenonDomain
public import TenonKit

/// Gets all keys, the data sealed or wrapped with each, and unfinished rotations.
public struct GetKeyStatus: Sendable {
    /// The maximum number of listed tenants.
    public static let maxTenants = 100

    public struct Output: Sendable {
        public struct KEK: Sendable, Equatable {
            public let version: Int32
            /// Whether this process has it.
            public let isSet: Bool
            /// Of all tenants and purposes.
            public let dataKeys: Int
        }

        /// A tenant with an unfinished data key rotation.
        public struct TenantKeys: Sendable {
            public let tenant: TenantID
            /// Nil for the platform itself.
            public let slug: TenantSlug?
            public let versions: [Int32]
            /// Values with older versions than the newest; nil if the tenant's database is unreachable.
            public let olderCells: Int?
        }

        public let keks: [KEK]
        /// The first ones, in the order of their ids.
        public let tenantsBetweenVersions: [TenantKeys]
        /// The total number.
        public let betweenVersionsTotal: Int
        /// Newest first.
        public let signingKeys: [StoredSigningKey]
        /// When a step of the token-signing keys is due; the time may be past.
        public let nextSigningStep: Timestamp?
    }

    private let stores: Reads<any HasTenants>
    private let dataKeys: any DataKeys
    private let rotation: any DataKeyRotation
    private let cells: any SealedCells
    private let signingKeys: any SigningKeys
    private let wrapping: any KeyWrapping
    private let schedule: SigningKeySchedule
    private let clock: any WallClock

    public init(
        transactions: any Transactions, dataKeys: any DataKeys, rotation: any DataKeyRotation, cells: any SealedCells,
        signingKeys: any SigningKeys, wrapping: any KeyWrapping, schedule: SigningKeySchedule, clock: any WallClock
    ) {
        stores = Reads(transactions) { $0 }
        self.dataKeys = dataKeys
        self.rotation = rotation
        self.cells = cells
        self.signingKeys = signingKeys
        self.wrapping = wrapping
        self.schedule = schedule
        self.clock = clock
    }

    /// Fails with `permissionDenied` unless the caller is the operator.
    public func execute(as caller: Caller) async throws(Failure) -> Output {
        try caller.requireOperator()
        let counts = try await rotation.countPerKEK()
        let versions = Set(wrapping.kekVersions).union(counts.keys).sorted()
        let (tenants, total) = try await rotation.tenantsBetweenVersions(limit: Self.maxTenants)
        var between: [Output.TenantKeys] = []
        for tenant in tenants { between.append(try await keys(of: tenant)) }
        let stored = try await signingKeys.all()
        let now = clock.now()
        let next: Timestamp? =
            switch schedule.due(stored, at: now) {
            case .activate, .remove: now
            case .wait(let moment): moment
            case .nothing: nil
            }
        return Output(
            keks: versions.map {
                Output.KEK(version: $0, isSet: wrapping.kekVersions.contains($0), dataKeys: counts[$0] ?? 0)
            },
            tenantsBetweenVersions: between, betweenVersionsTotal: total, signingKeys: stored, nextSigningStep: next)
    }

    private func keys(of tenant: TenantID) async throws(Failure) -> Output.TenantKeys {
        let versions = try await dataKeys.keys(of: tenant, for: .values).map(\.version)
        return Output.TenantKeys(
            tenant: tenant, slug: try await stores.in(tenant).tenants.tenant(tenant)?.slug,
            versions: versions, olderCells: try await olderCells(of: tenant, than: versions.last ?? 0))
    }

    private func olderCells(of tenant: TenantID, than version: Int32) async throws(Failure) -> Int? {
        do throws(Failure) {
            return try await cells.count(of: tenant, olderThan: version)
        } catch {
            // A tenant's unreachable database does not hide the state of the others.
            guard error.code.kind == .unavailable else { throw error }
            return nil
        }
    }
}
