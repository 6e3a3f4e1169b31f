/// Where a sealed value stands. It is bound into the seal, so that ciphertexts cannot be moved.
public struct SealPlace: Sendable, Equatable {
    public let tenant: TenantID
    public let table: String
    public let rowHigh: UInt64
    public let rowLow: UInt64
    public let field: String

    public init<Entity>(tenant: TenantID, table: String, row: Identifier<Entity>, field: String) {
        self.tenant = tenant
        self.table = table
        rowHigh = row.high
        rowLow = row.low
        self.field = field
    }
}

/// Seals values under their tenant's data key (AES-256-GCM, a fresh 96-bit nonce, the place as AAD).
public protocol ValueSealer: Sendable {
    /// Seals under the tenant's newest key. Loads the tenant's keys at their first use and keeps them in memory,
    /// bounded, for `WrappedDataKey.openedLifetime`. Fails with `tenantKeyDestroyed` where the tenant has none any more;
    /// the sealer of the audit log makes a first one then.
    func seal(_ plaintext: [UInt8], at place: SealPlace) async throws(Failure) -> SealedBytes

    /// Opens what was sealed at the same place, under whichever version of the key. A seal that does not
    /// fit is a defect: somebody touched the row. Fails with `tenantKeyDestroyed` where the tenant has no key any more.
    func open(_ sealed: SealedBytes, at place: SealPlace) async throws(Failure) -> [UInt8]

    /// The first data key of a new tenant, to be stored in the transaction that adds the tenant.
    func firstKey(for tenant: TenantID) throws(Failure) -> WrappedDataKey

    /// The next use loads the tenant's keys anew.
    func forgetKeys(of tenant: TenantID)
}
