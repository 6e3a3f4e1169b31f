internal import Synchronization
public import TenonDomain

/// What this process holds of tenants, so that a request takes no round trip to be let in.
public final class TenantAccessCache: AccessObserver {
    /// However quiet it is, an entry is read again after this long.
    private static let lifetime = Duration.seconds(60)

    private struct Kept {
        let access: TenantAccess
        let until: Timestamp
    }

    private struct State {
        var kept: BoundedCache<TenantID, Kept>
        /// Counts changes of tenants: what was read before one is not kept behind it.
        var changes = 0
    }

    private let state: Mutex<State>

    public init(capacity: Int = 10_000) {
        state = Mutex(State(kept: BoundedCache(capacity: capacity)))
    }

    /// What is held; nil where it must be read.
    func remembered(_ tenant: TenantID, at now: Timestamp) -> TenantAccess? {
        if tenant == .platform { return .platform }
        guard let kept = state.withLock({ $0.kept.value(for: tenant) }), now < kept.until else { return nil }
        return kept.access
    }

    /// Reads it from the store. Nil where the tenant is gone.
    func read(
        _ tenant: TenantID, from transactions: any Transactions, at now: Timestamp
    ) async throws(Failure) -> TenantAccess? {
        let changes = state.withLock { $0.changes }
        guard let access = try await transactions.reads(in: tenant).access.tenantAccess() else { return nil }
        keep(access, at: now, unlessChangedSince: changes)
        return access
    }

    package func keep(_ access: TenantAccess, at now: Timestamp, unlessChangedSince changes: Int? = nil) {
        state.withLock { state in
            guard changes == nil || changes == state.changes else { return }
            state.kept.insert(Kept(access: access, until: now + Self.lifetime), for: access.tenant)
        }
    }

    public func changed(_ change: AccessChange) {
        guard case .tenant(let tenant) = change.subject else { return }
        state.withLock { state in
            state.changes += 1
            state.kept.remove(tenant)
        }
    }
}
