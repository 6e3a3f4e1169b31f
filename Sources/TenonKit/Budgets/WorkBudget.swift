internal import Synchronization

/// What one request may still cost: steps of work, and bytes of memory. Every loop whose length a client chooses charges
/// it.
///
/// A step is about as much work as processing 16 bytes: about 10 nanoseconds.
public final class WorkBudget: Sendable {
    /// For jobs of the service itself, whose length no client controls.
    public static let unlimited = WorkBudget(steps: .max, bytes: .max, memory: nil, for: .address(nil))

    /// Steps between two checks for a disconnected client: about 100 microseconds.
    private static let lookout = 10_000

    private struct State {
        var steps: Int
        var untilLook = WorkBudget.lookout
        var bytes = 0
    }

    private let maxSteps: Int
    private let maxBytes: Int
    private let memory: MemoryBudget?
    private let holder: MemoryBudget.Holder
    private let state: Mutex<State>

    /// `bytes` are the most that the request itself may hold; `memory` is what all requests share.
    public init(steps: Int, bytes: Int, memory: MemoryBudget?, for holder: MemoryBudget.Holder) {
        maxSteps = steps
        maxBytes = bytes
        self.memory = memory
        self.holder = holder
        state = Mutex(State(steps: steps))
    }

    deinit {
        memory?.giveBack(state.withLock { $0.bytes }, for: holder)
    }

    /// The remaining steps.
    public var steps: Int { state.withLock { $0.steps } }

    /// Charges work that is about to be done, or was done since the last call. Fails with `.tooMuchWork`, and with
    /// `.cancelled` where the task is.
    public func spend(_ steps: Int) throws(KitError) {
        guard maxSteps < .max else { return }
        let (isSpent, mustLook) = state.withLock { state in
            guard state.steps >= steps else {
                state.steps = 0
                return (true, false)
            }
            state.steps -= steps
            state.untilLook -= steps
            guard state.untilLook <= 0 else { return (false, false) }
            state.untilLook = Self.lookout
            return (false, true)
        }
        guard !isSpent else {
            throw .tooMuchWork("The request needs more than \(maxSteps) steps of work; split it.")
        }
        if mustLook, Task.isCancelled { throw .cancelled }
    }

    /// Takes memory until `release`, or until the request ends. Fails with `.tooMuchWork` where the request itself holds
    /// too much, and with `.memoryExhausted` where its tenant or the service does.
    public func hold(_ bytes: Int) throws(KitError) {
        guard maxSteps < .max, bytes > 0 else { return }
        let total = state.withLock { state -> Int? in
            guard state.bytes + bytes <= maxBytes else { return nil }
            state.bytes += bytes
            return state.bytes
        }
        guard let total else {
            throw .tooMuchWork("The request needs more than \(maxBytes) bytes of memory; split it.")
        }
        guard memory?.take(bytes, for: holder, total: total) ?? true else {
            state.withLock { $0.bytes -= bytes }
            throw .memoryExhausted
        }
    }

    /// Returns memory that `hold` took.
    public func release(_ bytes: Int) {
        guard maxSteps < .max, bytes > 0 else { return }
        state.withLock { $0.bytes -= bytes }
        memory?.giveBack(bytes, for: holder)
    }
}
