/// The place where a sealed value is stored. The seal is bound to it, so that ciphertexts cannot be moved.
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
    /// Seals with the tenant's newest key. Loads the tenant's keys on first use and caches them, bounded, for
    /// `WrappedDataKey.openedLifetime`. Fails with `tenantKeyDestroyed` if the tenant's keys were destroyed; the sealer
    /// of the audit log creates a first one instead.
    func seal(_ plaintext: [UInt8], at place: SealPlace) async throws(Failure) -> SealedBytes

    /// Opens a value sealed for the same place, with any version of the key. A seal that does not fit is a defect: the
    /// row was changed. Fails with `tenantKeyDestroyed` if the tenant's keys were destroyed.
    func open(_ sealed: SealedBytes, at place: SealPlace) async throws(Failure) -> [UInt8]

    /// The first data key of a new tenant, to be stored in the transaction that adds the tenant.
    func firstKey(for tenant: TenantID) throws(Failure) -> WrappedDataKey

    /// The next use loads the tenant's keys again.
    func forgetKeys(of tenant: TenantID)
}
