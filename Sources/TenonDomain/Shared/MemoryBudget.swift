internal import Synchronization

/// The bytes that request bodies, responses and intermediate results of the whole process may hold at one time. Each
/// tenant has a share, callers who have not signed in have one together, and a reserve is kept for small amounts, so
/// that large requests of some never refuse the small ones of others.
public final class MemoryBudget: Sendable {
    /// Amounts up to this many bytes may use the reserve.
    public static let small = 64 << 10

    private struct State {
        var held = 0
        var heldByTenant: [TenantID?: Int] = [:]
    }

    private let limit: Int
    private let share: Int
    private let anonymousShare: Int
    private let reserve: Int
    private let state = Mutex(State())

    /// Of `limit` bytes one tenant holds at most a quarter, all callers without a tenant an eighth, and a sixteenth is
    /// reserved for small amounts.
    public init(limit: Int) {
        self.limit = limit
        share = limit / 4
        anonymousShare = limit / 8
        reserve = limit / 16
    }

    /// The bytes held now.
    public var held: Int { state.withLock { $0.held } }

    /// Takes `bytes` for a tenant, or for callers who have not signed in. False, and nothing is taken, where the share
    /// or the whole is used up.
    public func take(_ bytes: Int, for tenant: TenantID?) -> Bool {
        guard bytes > 0 else { return true }
        return state.withLock { state in
            let heldByTenant = state.heldByTenant[tenant] ?? 0
            guard heldByTenant + bytes <= (tenant == nil ? anonymousShare : share),
                state.held + bytes <= (bytes <= Self.small ? limit : limit - reserve)
            else { return false }
            state.held += bytes
            state.heldByTenant[tenant] = heldByTenant + bytes
            return true
        }
    }

    /// Gives back what `take` took for the same tenant.
    public func giveBack(_ bytes: Int, for tenant: TenantID?) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.held -= bytes
            let left = (state.heldByTenant[tenant] ?? 0) - bytes
            state.heldByTenant[tenant] = left == 0 ? nil : left
        }
    }
}
