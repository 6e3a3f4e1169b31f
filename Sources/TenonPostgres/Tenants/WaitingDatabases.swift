internal import Synchronization
internal import TenonDomain

/// Tenants' own databases that may hold something to be taken up: those that a commit told of and, since what it tells
/// can be lost, all of them in turn.
final class WaitingDatabases: Sendable {
    private struct State {
        var told: Set<TenantID> = []
        /// What is left of a round over all.
        var round: [TenantID] = []
        var nextRound = ContinuousClock.now
        var isListing = false
        /// Where the next call begins, so that nobody's starves behind a full one.
        var turn = 0
    }

    private static let interval = Duration.seconds(10)
    /// Of a round, at every call: a call comes once a second at least.
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

    /// Nothing is left there that is not taken already, or it does not answer.
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
