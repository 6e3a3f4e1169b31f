/// Changes wrapped data keys of all tenants: for the operator's commands, never for a request.
///
/// Obligations, each with a contract test: a key is replaced only as it was read; a version follows only upon one that
/// stands; no version that a sealed cell needs is removed; what is recorded stands in the tenant's audit log if and only
/// if the keys changed.
public protocol DataKeyRotation: Sendable {
    /// How many keys, of all tenants and purposes, stand under each version of the KEK.
    func countPerKEK() async throws(Failure) -> [Int32: Int]

    /// At most `limit` of the keys, of all tenants and purposes, that stand under an older KEK than `version`.
    func keys(underKEKOlderThan version: Int32, limit: Int) async throws(Failure) -> [WrappedDataKey]

    /// Puts each new key in the place of the old one, which has the same tenant, purpose and version, unless that has
    /// changed since; answers how many were replaced.
    func replace(_ changes: [(old: WrappedDataKey, new: WrappedDataKey)]) async throws(Failure) -> Int

    /// Adds the version that follows upon the tenant's newest one. False, and nothing is added, where that one does not
    /// stand any more or another successor stands already.
    func add(
        _ successor: WrappedDataKey, recording event: DomainEvent, as caller: Caller
    ) async throws(Failure) -> Bool

    /// Removes the tenant's keys for values that are older than `version` and that no sealed cell needs; answers them.
    func removeUnused(
        of tenant: TenantID, olderThan version: Int32, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey]

    /// Removes every key of the tenant, of all purposes, and answers them. What the event throws keeps them.
    func destroy(
        of tenant: TenantID, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) throws(Failure) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey]

    /// The tenants that have more than one version of the key for values: at most `limit` of them, in the order of their
    /// ids, and how many there are.
    func tenantsBetweenVersions(limit: Int) async throws(Failure) -> (tenants: [TenantID], total: Int)
}
