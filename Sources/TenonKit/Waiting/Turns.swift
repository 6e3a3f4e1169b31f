internal import Synchronization

/// Lets a few tasks at a time have each thing; the others wait in the order they came. Unlike a lock a turn may be held
/// across a suspension; unlike an actor it is not reentrant.
package final class Turns<Key: Hashable & Sendable>: Sendable {
    private typealias Outcome = Result<Void, TurnError>

    private final class Wait: Sendable {
        let outcome = OneShot<Outcome>()
    }

    private let queue: Mutex<TurnQueue<Key, Wait>>
    private let patience: Duration?

    /// `width` is how many have a turn at a time and `waiting` how many may wait, both for one key; `patience` is how long
    /// each waits, by default without end.
    package init(width: Int = 1, waiting: Int = .max, patience: Duration? = nil) {
        queue = Mutex(TurnQueue(each: .init(underway: width, waiting: waiting)))
        self.patience = patience
    }

    /// Tasks that wait, for all keys.
    package var waiting: Int { queue.withLock { $0.count } }

    /// Takes a turn where one is free now. `end` gives it back.
    package func takeFree(_ key: Key) -> Bool {
        queue.withLock { $0.take(key) }
    }

    /// Waits for a turn. `end` gives it back.
    package func take(_ key: Key) async throws(TurnError) {
        if takeFree(key) { return }
        let wait = Wait()
        var timer: Task<Void, any Error>?
        defer { timer?.cancel() }
        try await wait.outcome.wait(
            cancelled: .failure(.cancelled),
            start: {
                if let outcome = enter(wait, key) {
                    wait.outcome.set(outcome)
                } else if let patience {
                    timer = Task {
                        try await Task.sleep(for: patience)
                        giveUp(wait, key, .timedOut)
                    }
                }
            }, onCancel: { giveUp(wait, key, .cancelled) }
        ).get()
    }

    /// Gives the turn to the next task.
    package func end(_ key: Key) {
        let next = queue.withLock { queue in
            queue.end(key)
            return queue.next()
        }
        next?.element.outcome.set(.success(()))
    }

    /// Nil where it waits.
    private func enter(_ wait: Wait, _ key: Key) -> Outcome? {
        queue.withLock { queue in
            if queue.take(key) { return .success(()) }
            return queue.add(wait, of: key) ? nil : .failure(.tooManyWait)
        }
    }

    /// Does nothing where it has got its turn.
    private func giveUp(_ wait: Wait, _ key: Key, _ error: TurnError) {
        let removed = queue.withLock { queue in queue.remove(of: key) { $0 === wait } }
        removed?.outcome.set(.failure(error))
    }
}

/// Why a task got no turn.
package enum TurnError: Error {
    case tooManyWait, timedOut, cancelled
}
