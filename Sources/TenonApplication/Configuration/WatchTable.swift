internal import Synchronization
public import TenonDomain

/// Who waits for which namespace to change.
public final class WatchTable: RevisionObserver {
    enum Wake: Sendable, Equatable {
        case reached, timedOut, cancelled
    }

    private struct Waiter {
        let revision: Int64
        let deadline: ContinuousClock.Instant
        let continuation: UnsafeContinuation<Wake, Never>
    }

    private struct Topic {
        var watches = 0
        /// The newest revision that was heard of since somebody watches.
        var revision: Int64 = 0
        var waiters: [Int: Waiter] = [:]
    }

    /// How late a wait may end after its deadline.
    private static let sweep = Duration.seconds(1)

    private struct State {
        var topics: [NamespaceID: Topic] = [:]
        var isSweeping = false
        var nextTicket = 0
        var cancelled: Set<Int> = []

        mutating func take(of namespace: NamespaceID, where test: (Waiter) -> Bool) -> [Waiter] {
            guard let waiters = topics[namespace]?.waiters else { return [] }
            let taken = waiters.filter { test($0.value) }
            for ticket in taken.keys { topics[namespace]?.waiters[ticket] = nil }
            return Array(taken.values)
        }
    }

    private let state = Mutex(State())

    public init() {}

    /// Waits that are not over.
    var waiting: Int {
        state.withLock { $0.topics.values.reduce(0) { $0 + $1.waiters.count } }
    }

    /// Tickets left in `cancelled`; none once every wait has ended.
    var notes: Int { state.withLock { $0.cancelled.count } }

    /// Watches that are open.
    public var count: Int {
        state.withLock { $0.topics.values.reduce(0) { $0 + $1.watches } }
    }

    var namespaces: [NamespaceID] {
        state.withLock { Array($0.topics.keys) }
    }

    /// From now on revisions of the namespace are noted, until `leave`.
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

    /// Waits until the namespace is beyond the revision, at most a second longer than until the deadline. To be called
    /// between `join` and `leave`.
    func wait(
        for namespace: NamespaceID, beyond revision: Int64, until deadline: ContinuousClock.Instant
    ) async -> Wake {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        // If cancellation arrived after the wait ended, it left its ticket in `cancelled`; remove it.
        defer { _ = state.withLock { $0.cancelled.remove(ticket) } }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Wake, Never>) in
                let (answer, mustSweep) = state.withLock { state -> (Wake?, Bool) in
                    if state.cancelled.remove(ticket) != nil { return (.cancelled, false) }
                    guard let known = state.topics[namespace]?.revision, known <= revision else {
                        return (.reached, false)
                    }
                    state.topics[namespace]?.waiters[ticket] = Waiter(
                        revision: revision, deadline: deadline, continuation: continuation)
                    defer { state.isSweeping = true }
                    return (nil, !state.isSweeping)
                }
                if mustSweep { endLateWaits() }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                if let waiter = state.topics[namespace]?.waiters.removeValue(forKey: ticket) { return waiter }
                state.cancelled.insert(ticket)
                return nil
            }
            waiter?.continuation.resume(returning: .cancelled)
        }
    }

    public func namespace(_ id: NamespaceID, reached revision: Int64) {
        let woken = state.withLock { state -> [Waiter] in
            guard let known = state.topics[id]?.revision, known < revision else { return [] }
            state.topics[id]?.revision = revision
            return state.take(of: id) { $0.revision < revision }
        }
        for waiter in woken { waiter.continuation.resume(returning: .reached) }
    }

    /// Waiters are woken when it is known, which `FollowRevisions` asks once a second.
    public func namespace(_ id: NamespaceID, mayHaveReached revision: Int64) {}

    /// Ends waits by their deadlines for as long as there are any. One task for all of them: thousands of watchers would
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

    /// Ends the waits whose deadlines are over.
    func expire(at now: ContinuousClock.Instant) {
        let expired = state.withLock { state in
            Array(state.topics.keys).flatMap { id in state.take(of: id) { $0.deadline <= now } }
        }
        for waiter in expired { waiter.continuation.resume(returning: .timedOut) }
    }
}
