internal import Synchronization
internal import TenonDomain

/// Tenants' own databases that may hold pending rows: those that a commit reported, and all of them in turn, since such
/// reports can be lost.
final class WaitingDatabases: Sendable {
    private struct State {
        var told: Set<TenantID> = []
        /// What is left of a round over all.
        var round: [TenantID] = []
        var nextRound = ContinuousClock.now
        var isListing = false
        /// Where the next call begins, so that no tenant starves after a busy one.
        var turn = 0
    }

    private static let interval = Duration.seconds(10)
    /// How many databases of the round each call adds; calls come at least once a second.
    private static let stride = 32

    private let router: PostgresRouter
    private let state = Mutex(State())

    init(_ router: PostgresRouter) {
        self.router = router
    }

    /// A commit has put something there.
    func tell(_ tenant: TenantID) {
        state.withLock { _ = $0.told.insert(tenant) }
    }

    /// Everything there has been taken up, or the database does not answer.
    func isDone(_ tenant: TenantID) {
        state.withLock { _ = $0.told.remove(tenant) }
    }

    /// Where to look now, in this order; nil is the shared database.
    func next() async throws(Failure) -> [TenantID?] {
        let mustList = state.withLock { state in
            guard !state.isListing, state.round.isEmpty, state.nextRound <= .now else { return false }
            state.isListing = true
            return true
        }
        if mustList {
            do throws(Failure) {
                let all = try await router.tenants()
                state.withLock { state in
                    state.round = all
                    state.nextRound = .now + Self.interval
                    state.isListing = false
                }
            } catch {
                state.withLock { $0.isListing = false }
                throw error
            }
        }
        return state.withLock { state in
            state.told.formUnion(state.round.prefix(Self.stride))
            state.round.removeFirst(min(Self.stride, state.round.count))
            let all: [TenantID?] = [nil] + state.told.sorted()
            state.turn += 1
            let start = state.turn % all.count
            return Array(all[start...] + all[..<start])
        }
    }
}
