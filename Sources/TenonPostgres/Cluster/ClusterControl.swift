import Dispatch
import Synchronization

/// What the supervising thread waits for: a wish to stop, the end of a child, or time.
final class ClusterControl: Sendable {
    private let stopWished = Mutex(false)
    private let launched = Mutex(false)
    private let wakeUp = DispatchSemaphore(value: 0)

    var shouldStop: Bool { stopWished.withLock { $0 } }

    func requestStop() {
        stopWished.withLock { $0 = true }
        wakeUp.signal()
    }

    /// True for the first caller, who then starts the thread or sees to it that nobody does.
    func firstLaunch() -> Bool {
        launched.withLock { launched in
            defer { launched = true }
            return !launched
        }
    }

    /// Something happened that the thread should look at.
    func notify() { wakeUp.signal() }

    /// Returns at the next notification or after that time; nil waits without end. It may return early.
    func wait(_ time: Duration? = nil) {
        guard let time else { return wakeUp.wait() }
        let (seconds, attoseconds) = time.components
        _ = wakeUp.wait(timeout: .now() + .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)))
    }

    /// Looks every few milliseconds until the condition holds; false where the time was over before.
    func wait(
        atMost time: Duration, every step: Duration = .milliseconds(5), until condition: () -> Bool
    ) -> Bool {
        let end = ContinuousClock.now + time
        while !condition() {
            if ContinuousClock.now >= end { return false }
            wait(step)
        }
        return true
    }
}

/// A value that is set once and that any number of tasks may wait for.
final class ClusterPromise<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiting: [CheckedContinuation<Value, Never>] = []
    }

    private let state = Mutex(State())

    /// Does nothing where the value is set already.
    func fulfil(_ value: Value) {
        let waiting = state.withLock { state in
            guard state.value == nil else { return [CheckedContinuation<Value, Never>]() }
            state.value = value
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state in
                if state.value == nil { state.waiting.append(continuation) }
                return state.value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
