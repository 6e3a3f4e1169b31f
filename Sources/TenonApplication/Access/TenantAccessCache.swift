internal import Synchronization
public import TenonDomain
package import TenonKit

/// A cache of tenants' status, plan and policy, so that most requests need no round trip to be authorized. Times are
/// from `WallClock.steady`.
public final class TenantAccessCache: AccessObserver {
    /// An entry is read again after this long, even without changes.
    private static let lifetime = Duration.seconds(60)

    private struct Kept {
        let access: TenantAccess
        let until: Timestamp
    }

    /// A read in progress, shared by all callers meanwhile.
    private struct Reading {
        let number: Int
        let task: Task<Result<TenantAccess?, Failure>, Never>
    }

    private struct State {
        var kept: BoundedCache<TenantID, Kept>
        /// A change of the tenant removes its read in progress: data from before the change is not cached after it, and
        /// later callers read again.
        var readings: [TenantID: Reading] = [:]
        var readingCount = 0

        mutating func keep(_ access: TenantAccess, at now: Timestamp) {
            kept.insert(
                Kept(access: access, until: now + lifetime), for: access.tenant,
                cost: 300 + (access.policy?.bytes ?? 0))
        }
    }

    private let state: Mutex<State>
    let freshness: AccessFreshness

    /// The bytes held now.
    var bytes: Int { state.withLock { $0.kept.cost } }

    /// Holds about `bytes` at most: a tenant without rules takes about 300, and the largest policy up to
    /// `TenantPolicy.maxBytes`. `freshness` is shared with `FollowAccessChanges`, if other processes write too.
    public init(bytes: Int = 3 * TenantPolicy.maxBytes, freshness: AccessFreshness = AccessFreshness()) {
        self.freshness = freshness
        state = Mutex(State(kept: BoundedCache(capacity: bytes)))
    }

    /// The cached data; nil if it must be read.
    func remembered(_ tenant: TenantID, at now: Timestamp) -> TenantAccess? {
        if tenant == .platform { return .platform }
        guard freshness.isCurrent, let kept = state.withLock({ $0.kept.value(for: tenant) }), now < kept.until else {
            return nil
        }
        return kept.access
    }

    /// The cached data, or else the stored data. Nil if the tenant does not exist.
    func access(
        of tenant: TenantID, from stores: Reads<any HasAccess>, at now: Timestamp
    ) async throws(Failure) -> TenantAccess? {
        if let known = remembered(tenant, at: now) { return known }
        return try await read(tenant, from: stores, at: now)
    }

    /// Reads it from the store, once for all concurrent callers. Nil if the tenant does not exist.
    private func read(
        _ tenant: TenantID, from stores: Reads<any HasAccess>, at now: Timestamp
    ) async throws(Failure) -> TenantAccess? {
        let reading = state.withLock { state in
            if let reading = state.readings[tenant] { return reading }
            state.readingCount += 1
            let number = state.readingCount
            let reading = Reading(
                number: number, task: Task { await self.run(number, of: tenant, from: stores, at: now) })
            state.readings[tenant] = reading
            return reading
        }
        return try await reading.task.value.get()
    }

    private func run(
        _ number: Int, of tenant: TenantID, from stores: Reads<any HasAccess>, at now: Timestamp
    ) async -> Result<TenantAccess?, Failure> {
        let result: Result<TenantAccess?, Failure>
        do throws(Failure) {
            result = .success(try await stores.in(tenant).access.tenantAccess())
        } catch {
            result = .failure(error)
        }
        state.withLock { state in
            guard state.readings[tenant]?.number == number else { return }
            state.readings[tenant] = nil
            if case .success(let access?) = result { state.keep(access, at: now) }
        }
        return result
    }

    package func keep(_ access: TenantAccess, at now: Timestamp) {
        state.withLock { $0.keep(access, at: now) }
    }

    public func changed(_ change: AccessChange) {
        guard case .tenant(let tenant) = change.subject else { return }
        state.withLock { state in
            state.readings[tenant] = nil
            state.kept.remove(tenant)
        }
    }
}
