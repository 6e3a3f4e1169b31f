public import TenonKit

/// The remaining budget of one request: steps of work, and bytes of memory. Passed down with the `Caller`; every loop
/// whose length a client chooses charges it.
///
/// A step is about as much work as processing 16 bytes: about 10 nanoseconds.
public struct RequestBudget: Sendable {
    /// For jobs of the service itself, whose length no client controls.
    public static let unlimited = RequestBudget(work: .unlimited)

    private let work: WorkBudget

    private init(work: WorkBudget) {
        self.work = work
    }

    /// `bytes` is the maximum that the request itself may hold; all requests share `memory`. `address` is the caller's,
    /// if it has no tenant.
    public init(steps: Int, bytes: Int, memory: MemoryBudget?, tenant: TenantID?, address: IPAddress? = nil) {
        work = WorkBudget(
            steps: steps, bytes: bytes, memory: memory, for: MemoryBudget.Holder(tenant: tenant, at: address))
    }

    /// The remaining steps.
    public var steps: Int { work.steps }

    /// Charges work that follows, or work since the last call. Fails with `tooMuchWork`, and with `cancelled` if the
    /// task is cancelled.
    public func spend(_ steps: Int) throws(Failure) {
        try charge { budget throws(KitError) in try budget.spend(steps) }
    }

    /// Takes memory until `release`, or until the request ends. Fails with `tooMuchWork` if the request itself holds
    /// too much, and with `memoryExhausted` if its tenant or the service does.
    public func hold(_ bytes: Int) throws(Failure) {
        try charge { budget throws(KitError) in try budget.hold(bytes) }
    }

    /// Returns memory that `hold` took.
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
    /// Whether the request cannot continue, regardless of the part that failed: code that collects failures of parts
    /// must rethrow it.
    public var endsRequest: Bool {
        code == .tooMuchWork || code.kind == .unavailable || code.kind == .bug
    }
}

extension FailureCode {
    public static let tooMuchWork = FailureCode(
        "too_much_work", .invalid, "The request needs too much work",
        "The request needs more steps or memory than one request may use. Split it into smaller requests.")
    public static let memoryExhausted = FailureCode(
        "memory_exhausted", .unavailable, "The memory budget is exhausted",
        "Bodies and responses of the tenant, or of all tenants, use all the memory reserved for them. Try again after "
            + "`Retry-After`.")
}

extension Failure {
    public static func memoryExhausted() -> Failure {
        Failure(.memoryExhausted, "The memory budget is exhausted at the moment.", retryAfter: .seconds(1))
    }
}
