internal import Synchronization

/// What one request may still cost: steps of work, and bytes of memory. Handed down with the `Caller`; every loop whose
/// length a client chooses charges it.
///
/// A step is about as much work as looking at 16 bytes: some 10 nanoseconds.
public final class RequestBudget: Sendable {
    /// For jobs of the service itself, which no client makes longer.
    public static let unlimited = RequestBudget(steps: .max, bytes: .max, memory: nil, tenant: nil)

    /// Steps between two looks at whether the client is gone: some 100 microseconds.
    private static let lookout = 10_000

    private struct State {
        var steps: Int
        var untilLook = RequestBudget.lookout
        var bytes = 0
    }

    private let maxSteps: Int
    private let maxBytes: Int
    private let memory: MemoryBudget?
    private let holder: MemoryBudget.Holder
    private let state: Mutex<State>

    /// `bytes` are the most that the request itself may hold; `memory` is what all requests share. `address` is the
    /// caller's, where it has no tenant.
    public init(steps: Int, bytes: Int, memory: MemoryBudget?, tenant: TenantID?, address: IPAddress? = nil) {
        maxSteps = steps
        maxBytes = bytes
        self.memory = memory
        holder = MemoryBudget.Holder(tenant, at: address)
        state = Mutex(State(steps: steps))
    }

    deinit {
        memory?.giveBack(state.withLock { $0.bytes }, for: holder)
    }

    /// The steps that are left.
    public var steps: Int { state.withLock { $0.steps } }

    /// Charges work that is about to be done, or was done since the last call. Fails with `tooMuchWork`, and with
    /// `cancelled` where the task is.
    public func spend(_ steps: Int) throws(Failure) {
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
            throw Failure(.tooMuchWork, "The request needs more than \(maxSteps) steps of work; split it.")
        }
        if mustLook, Task.isCancelled { throw Failure(.cancelled, "The client is gone.") }
    }

    /// Takes memory until `release`, or until the request ends. Fails with `tooMuchWork` where the request itself holds
    /// too much, and with `memoryExhausted` where its tenant or the service does.
    public func hold(_ bytes: Int) throws(Failure) {
        guard maxSteps < .max, bytes > 0 else { return }
        let total = state.withLock { state -> Int? in
            guard state.bytes + bytes <= maxBytes else { return nil }
            state.bytes += bytes
            return state.bytes
        }
        guard let total else {
            throw Failure(.tooMuchWork, "The request needs more than \(maxBytes) bytes of memory; split it.")
        }
        guard memory?.take(bytes, for: holder, total: total) ?? true else {
            state.withLock { $0.bytes -= bytes }
            throw .memoryExhausted()
        }
    }

    /// Gives back what `hold` took.
    public func release(_ bytes: Int) {
        guard maxSteps < .max, bytes > 0 else { return }
        state.withLock { $0.bytes -= bytes }
        memory?.giveBack(bytes, for: holder)
    }
}

extension Failure {
    /// Whether the request cannot go on, whichever part of it failed: one that gathers failures of its parts throws it.
    public var endsRequest: Bool {
        code == .tooMuchWork || code.kind == .unavailable || code.kind == .bug
    }
}

extension FailureCode {
    public static let tooMuchWork = FailureCode(
        "too_much_work", .invalid, "The request needs too much work",
        "What the request asks for takes more steps or memory than one request may use. Ask for less at a time.")
    public static let memoryExhausted = FailureCode(
        "memory_exhausted", .unavailable, "Too much is held in memory",
        "Bodies and answers of the tenant, or of all, take all the memory that is set aside for them. Try again after "
            + "`Retry-After`.")
}

extension Failure {
    public static func memoryExhausted() -> Failure {
        Failure(.memoryExhausted, "Too much is held in memory at the moment.", retryAfter: .seconds(1))
    }
}
