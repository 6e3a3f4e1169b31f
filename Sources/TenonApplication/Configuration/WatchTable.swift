internal import Synchronization
public import TenonDomain
internal import TenonKit

/// The waiting watchers of each namespace.
public final class WatchTable: RevisionObserver {
    enum Wake: Sendable, Equatable {
        case reached, timedOut, cancelled
    }

    private final class Waiter: Sendable {
        let revision: Int64
        let deadline: ContinuousClock.Instant
        let wake = OneShot<Wake>()

        init(_ revision: Int64, _ deadline: ContinuousClock.Instant) {
            self.revision = revision
            self.deadline = deadline
        }
    }

    private struct Topic {
        var watches = 0
        /// The newest known revision since the first watcher.
        var revision: Int64 = 0
        var waiters: [ObjectIdentifier: Waiter] = [:]
    }

    /// The maximum delay of a wait's end after its deadline.
    private static let sweep = Duration.seconds(1)

    private struct State {
        var topics: [NamespaceID: Topic] = [:]
        var isSweeping = false

        mutating func take(of namespace: NamespaceID, where test: (Waiter) -> Bool) -> [Waiter] {
            guard let waiters = topics[namespace]?.waiters else { return [] }
            let taken = waiters.filter { test($0.value) }
            for id in taken.keys { topics[namespace]?.waiters[id] = nil }
            return Array(taken.values)
        }
    }

    private let state = Mutex(State())

    public init() {}

    /// The number of active waits.
    var waiting: Int {
        state.withLock { $0.topics.values.reduce(0) { $0 + $1.waiters.count } }
    }

    /// The number of open watches.
    public var count: Int {
        state.withLock { $0.topics.values.reduce(0) { $0 + $1.watches } }
    }

    var namespaces: [NamespaceID] {
        state.withLock { Array($0.topics.keys) }
    }

    /// From now on revisions of the namespace are tracked, until `leave`.
    func join(_ namespace: NamespaceID) {
        state.withLock { $0.topics[namespace, default: Topic()].watches += 1 }
    }

    func leave(_ namespace: NamespaceID) {
        state.withLock { state in
            guard let watches = state.topics[namespace]?.watches else { return }
            if watches > 1 { state.topics[namespace]?.watches = watches - 1 } else { state.topics[namespace] = nil }
        }
    }

    func revision(of namespace: NamespaceID) -> Int64 {
        state.withLock { $0.topics[namespace]?.revision ?? 0 }
    }

    /// Waits until the namespace is beyond the revision, at most a second longer than the deadline. Call it between
    /// `join` and `leave`.
    func wait(
        for namespace: NamespaceID, beyond revision: Int64, until deadline: ContinuousClock.Instant
    ) async -> Wake {
        let waiter = Waiter(revision, deadline)
        return await waiter.wake.wait(
            cancelled: .cancelled, start: { add(waiter, to: namespace) },
            onCancel: {
                let removed = state.withLock { state in
                    state.topics[namespace]?.waiters.removeValue(forKey: ObjectIdentifier(waiter))
                }
                removed?.wake.set(.cancelled)
            })
    }

    private func add(_ waiter: Waiter, to namespace: NamespaceID) {
        let (isReached, mustSweep) = state.withLock { state in
            guard let known = state.topics[namespace]?.revision, known <= waiter.revision else { return (true, false) }
            state.topics[namespace]?.waiters[ObjectIdentifier(waiter)] = waiter
            defer { state.isSweeping = true }
            return (false, !state.isSweeping)
        }
        if mustSweep { endLateWaits() }
        if isReached { waiter.wake.set(.reached) }
    }

    public func namespace(_ id: NamespaceID, reached revision: Int64) {
        let woken = state.withLock { state -> [Waiter] in
            guard let known = state.topics[id]?.revision, known < revision else { return [] }
            state.topics[id]?.revision = revision
            return state.take(of: id) { $0.revision < revision }
        }
        for waiter in woken { waiter.wake.set(.reached) }
    }

    /// Waiters are woken when the outcome is known, which `FollowRevisions` polls once a second.
    public func namespace(_ id: NamespaceID, mayHaveReached revision: Int64) {}

    /// Ends waits at their deadlines as long as there are any. One task for all of them: thousands of watchers would
    /// need a timer each.
    private func endLateWaits() {
        Task {
            var isOver = false
            while !isOver {
                try? await Task.sleep(for: Self.sweep)
                expire(at: .now)
                isOver = state.withLock { state in
                    state.isSweeping = state.topics.values.contains { !$0.waiters.isEmpty }
                    return !state.isSweeping
                }
            }
        }
    }

    /// Ends the waits whose deadlines have passed.
    func expire(at now: ContinuousClock.Instant) {
        let expired = state.withLock { state in
            Array(state.topics.keys).flatMap { id in state.take(of: id) { $0.deadline <= now } }
        }
        for waiter in expired { waiter.wake.set(.timedOut) }
    }
}
