internal import Synchronization
public import TenonDomain

/// Writes down what a caller was refused. Refusals that are equal, those of one operation to one actor, are written once a
/// second at most; the next one says how many were left out.
public final class RecordDenial: Sendable {
    static let interval = Duration.seconds(1)
    /// Refusals that are remembered; beyond it those that are over are forgotten.
    static let capacity = 10_000

    public struct Input: Sendable {
        /// The operation's id; becomes the action.
        public let operation: String
        /// What it was about; nil is the tenant as a whole.
        public let resource: ResourceReference?
        /// Why it was refused: the failure's code and what the caller was told.
        public let code: String
        public let detail: String

        public init(operation: String, resource: ResourceReference?, code: String, detail: String) {
            self.operation = operation
            self.resource = resource
            self.code = code
            self.detail = detail
        }
    }

    private struct Key: Hashable {
        let tenant: TenantID
        let actor: String
        let operation: String
    }

    private struct Seen {
        var writtenAt: Timestamp
        var omitted: Int64 = 0
    }

    private let transactions: any Transactions
    private let clock: any WallClock
    private let seen = Mutex<[Key: Seen]>([:])

    public init(transactions: any Transactions, clock: any WallClock) {
        self.transactions = transactions
        self.clock = clock
    }

    /// Nothing is written of callers without a tenant. Fails as a commit does.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        guard let tenant = caller.tenant,
            let omitted = takeTurn(Key(tenant: tenant, actor: caller.subject, operation: input.operation))
        else { return }
        var details: [String: JSONValue] = ["code": .string(input.code), "detail": .string(input.detail)]
        if omitted > 0 { details["omitted"] = .integer(omitted) }
        let event = DomainEvent(EventKind(input.operation), on: input.resource ?? .tenant(tenant), details)
        try await transactions.write(in: tenant, as: caller) { work throws(Failure) in
            work.audit(event, .denied)
        }
    }

    /// How many were left out before; nil where this one is left out too.
    private func takeTurn(_ key: Key) -> Int64? {
        let now = clock.now()
        return seen.withLock { seen in
            if let last = seen[key], last.writtenAt <= now, now - last.writtenAt < Self.interval {
                seen[key]?.omitted += 1
                return nil
            }
            let omitted = seen[key]?.omitted ?? 0
            if seen.count >= Self.capacity { seen = seen.filter { now - $0.value.writtenAt < Self.interval } }
            if seen.count >= Self.capacity { seen = [:] }
            seen[key] = Seen(writtenAt: now)
            return omitted
        }
    }
}
