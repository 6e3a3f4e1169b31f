public import TenonDomain
internal import TenonKit

/// Records the refusal of a caller. Identical refusals, of one operation to one actor, are written at most once a
/// second; the next record counts the omitted ones.
public struct RecordDenial: Sendable {
    public struct Input: Sendable {
        /// The operation's id; becomes the action.
        public let operation: String
        /// The resource; nil means the tenant as a whole.
        public let resource: ResourceReference?
        /// The failure's code and detail.
        public let code: String
        public let detail: String

        public init(operation: String, resource: ResourceReference?, code: String, detail: String) {
            self.operation = operation
            self.resource = resource
            self.code = code
            self.detail = detail
        }
    }

    private let transactions: Writes<any RecordsEvents>
    private let refusals: RefusalThrottle

    public init(transactions: any Transactions, clock: any WallClock) {
        self.transactions = Writes(transactions) { $0 }
        refusals = RefusalThrottle(clock: clock)
    }

    /// Writes nothing for callers without a tenant. Fails like a commit.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        guard let tenant = caller.tenant,
            var details = refusals.admit(
                RefusalThrottle.Key(tenant: tenant, subject: caller.subject, reason: input.operation))
        else { return }
        details["code"] = .string(input.code)
        details["detail"] = .string(input.detail)
        let event = DomainEvent(EventKind(input.operation), on: input.resource ?? .tenant(tenant), details)
        try await transactions.write(in: tenant, as: caller) { work throws(Failure) in
            work.audit(event, .denied)
        }
    }
}
