public import TenonKit

/// What one request may still cost: steps of work, and bytes of memory. Handed down with the `Caller`; every loop whose
/// length a client chooses charges it.
///
/// A step is about as much work as looking at 16 bytes: some 10 nanoseconds.
public struct RequestBudget: Sendable {
    /// For jobs of the service itself, which no client makes longer.
    public static let unlimited = RequestBudget(work: .unlimited)

    private let work: WorkBudget

    private init(work: WorkBudget) {
        self.work = work
    }

    /// `bytes` are the most that the request itself may hold; `memory` is what all requests share. `address` is the
    /// caller's, where it has no tenant.
    public init(steps: Int, bytes: Int, memory: MemoryBudget?, tenant: TenantID?, address: IPAddress? = nil) {
        work = WorkBudget(
            steps: steps, bytes: bytes, memory: memory, for: MemoryBudget.Holder(tenant: tenant, at: address))
    }

    /// The steps that are left.
    public var steps: Int { work.steps }

    /// Charges work that is about to be done, or was done since the last call. Fails with `tooMuchWork`, and with
    /// `cancelled` where the task is.
    public func spend(_ steps: Int) throws(Failure) {
        try charge { budget throws(KitError) in try budget.spend(steps) }
    }

    /// Takes memory until `release`, or until the request ends. Fails with `tooMuchWork` where the request itself holds
    /// too much, and with `memoryExhausted` where its tenant or the service does.
    public func hold(_ bytes: Int) throws(Failure) {
        try charge { budget throws(KitError) in try budget.hold(bytes) }
    }

    /// Gives back what `hold` took.
    public func release(_ bytes: Int) {
        work.release(bytes)
    }

    /// Runs general-purpose code that charges the budget. Its errors become failures.
    public func charge<Value>(_ body: (WorkBudget) throws(KitError) -> Value) throws(Failure) -> Value {
        do throws(KitError) {
            return try body(work)
        } catch {
            throw Failure(error)
        }
    }
}

extension MemoryBudget.Holder {
    /// The tenant, or the address of a caller who has not signed in.
    public init(tenant: TenantID?, at address: IPAddress?) {
        self.init(tenant.map { UInt128($0.high) << 64 | UInt128($0.low) }, at: address)
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
