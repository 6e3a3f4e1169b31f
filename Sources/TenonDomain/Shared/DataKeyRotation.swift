/// Changes wrapped data keys of all tenants: for operators' commands, never for a request.
///
/// Requirements, each with a contract test: a key is replaced only if it is unchanged since it was read; a version is
/// added only after an existing one; no version that a sealed cell needs is deleted; the tenant's audit log has a
/// record exactly if the keys changed.
public protocol DataKeyRotation: Sendable {
    /// The number of keys, of all tenants and purposes, for each version of the KEK.
    func countPerKEK() async throws(Failure) -> [Int32: Int]

    /// At most `limit` keys, of all tenants and purposes, that are wrapped with an older KEK than `version`.
    func keys(underKEKOlderThan version: Int32, limit: Int) async throws(Failure) -> [WrappedDataKey]

    /// Replaces each old key, unless it has changed since, with the new one of the same tenant, purpose and version;
    /// returns the number of replaced keys.
    func replace(_ changes: [(old: WrappedDataKey, new: WrappedDataKey)]) async throws(Failure) -> Int

    /// Adds the version after the tenant's newest one. Returns false and adds nothing if that one no longer exists or
    /// already has a successor.
    func add(
        _ successor: WrappedDataKey, recording event: DomainEvent, as caller: Caller
    ) async throws(Failure) -> Bool

    /// Deletes the tenant's keys for values that are older than `version` and that no sealed cell needs; returns them.
    func removeUnused(
        of tenant: TenantID, olderThan version: Int32, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey]

    /// Deletes every key of the tenant, of all purposes, and returns them. If the event throws, they are kept.
    func destroy(
        of tenant: TenantID, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) throws(Failure) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey]

    /// The tenants with more than one version of the key for values: at most `limit` of them, in the order of their
    /// ids, and their total number.
    func tenantsBetweenVersions(limit: Int) async throws(Failure) -> (tenants: [TenantID], total: Int)
}
