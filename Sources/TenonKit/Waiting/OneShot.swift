public import Synchronization

/// A value that is set once and that one task waits for.
public struct OneShot<Value: Sendable>: ~Copyable, Sendable {
    @usableFromInline
    enum State: Sendable {
        case new
        case waiting(UnsafeContinuation<Value, Never>)
        case set(Value)
        case taken
    }

    @usableFromInline let state = Mutex(State.new)

    /// With no value yet.
    @inlinable public init() {}

    /// Whether a task waits.
    @inlinable public var isAwaited: Bool {
        state.withLock { state in
            if case .waiting = state { true } else { false }
        }
    }

    /// Sets the value where none is set; says whether it did. Called outside of locks that the waiting task may take.
    @inlinable @discardableResult
    public func set(_ value: Value) -> Bool {
        let (continuation, isSet) = state.withLock { state -> (UnsafeContinuation<Value, Never>?, Bool) in
            switch state {
            case .new:
                state = .set(value)
                return (nil, true)
            case .waiting(let continuation):
                state = .taken
                return (continuation, true)
            case .set, .taken: return (nil, false)
            }
        }
        continuation?.resume(returning: value)
        return isSet
    }

    /// Waits for the value; called once. `start` runs when the task waits. Where the task was cancelled before, the value
    /// is `cancelled` and `start` does not run. Where it is cancelled later, `onCancel` runs after `start`, at least once:
    /// it sets a value, or leaves that to others.
    @inlinable
    public func wait(
        cancelled: Value, start: () -> Void, onCancel: @Sendable () -> Void
    ) async -> Value {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Value, Never>) in
                let value = state.withLock { state -> Value? in
                    if case .set(let value) = state {
                        state = .taken
                        return value
                    }
                    state = .waiting(continuation)
                    return nil
                }
                if let value { return continuation.resume(returning: value) }
                start()
                // A cancellation during `start` may have found nothing of it yet.
                if Task.isCancelled { onCancel() }
            }
        } onCancel: {
            let isAwaited = state.withLock { state in
                switch state {
                case .new: state = .set(cancelled)
                case .waiting: return true
                case .set, .taken: break
                }
                return false
            }
            if isAwaited { onCancel() }
        }
    }
}
