internal import Synchronization

/// The bytes that request bodies, responses and intermediate results of the whole process may hold at one time. Each
/// tenant has a share, callers who have not signed in have one together and a smaller one for each address, and a reserve
/// is kept for small amounts, so that large requests of some never refuse the small ones of others.
public final class MemoryBudget: Sendable {
    /// Holders of up to this many bytes may use the reserve.
    public static let small = 64 << 10

    /// The holder of memory.
    public enum Holder: Hashable, Sendable {
        case account(UInt128)
        /// Unauthenticated callers, by address; nil if the address is unknown.
        case address(IPAddress?)

        /// All addresses of one IPv6 /64 network are one holder.
        public init(_ account: UInt128?, at address: IPAddress?) {
            self = account.map { .account($0) } ?? .address(address?.subscriber)
        }

        fileprivate var isAnonymous: Bool { if case .address = self { true } else { false } }
    }

    private struct State {
        var held = 0
        var heldByAnonymous = 0
        var heldBy: [Holder: Int] = [:]
    }

    private let limit: Int
    private let share: Int
    private let anonymousShare: Int
    private let addressShare: Int
    private let reserve: Int
    private let state = Mutex(State())

    /// One tenant can hold at most a quarter of `limit` bytes, all callers without a tenant an eighth, those of one
    /// address a 64th, and a sixteenth is reserved for small amounts.
    public init(limit: Int) {
        self.limit = limit
        share = limit / 4
        anonymousShare = limit / 8
        addressShare = limit / 64
        reserve = limit / 16
    }

    /// The bytes held now.
    public var held: Int { state.withLock { $0.held } }

    /// Takes `bytes`; returns false and takes nothing if a share or the whole is exhausted. `total` is the amount that
    /// the same body, response or request holds including them, which determines whether it may use the reserve. With
    /// `isDue` the bytes are always taken: the work is done already, and later requests are refused instead.
    public func take(_ bytes: Int, for holder: Holder, total: Int? = nil, isDue: Bool = false) -> Bool {
        guard bytes > 0 else { return true }
        let isSmall = total ?? bytes <= Self.small
        return state.withLock { state in
            let heldByHolder = state.heldBy[holder] ?? 0
            guard isDue || fits(bytes, isSmall, holder, heldByHolder, state) else { return false }
            state.held += bytes
            if holder.isAnonymous { state.heldByAnonymous += bytes }
            state.heldBy[holder] = heldByHolder + bytes
            return true
        }
    }

    private func fits(_ bytes: Int, _ isSmall: Bool, _ holder: Holder, _ heldByHolder: Int, _ state: State) -> Bool {
        if holder.isAnonymous, state.heldByAnonymous + bytes > anonymousShare { return false }
        return heldByHolder + bytes <= (holder.isAnonymous ? addressShare : share)
            && state.held + bytes <= (isSmall ? limit : limit - reserve)
    }

    /// Returns memory that `take` took for the same holder.
    public func giveBack(_ bytes: Int, for holder: Holder) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.held -= bytes
            if holder.isAnonymous { state.heldByAnonymous -= bytes }
            let left = (state.heldBy[holder] ?? 0) - bytes
            state.heldBy[holder] = left == 0 ? nil : left
        }
    }
}
