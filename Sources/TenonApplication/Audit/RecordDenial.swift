public import TenonDomain
internal import TenonKit

/// Writes down what a caller was refused. Refusals that are equal, those of one operation to one actor, are written once a
/// second at most; the next one says how many were left out.
public struct RecordDenial: Sendable {
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

    private let transactions: Writes<any RecordsEvents>
    private let refusals: RefusalThrottle

    public init(transactions: any Transactions, clock: any WallClock) {
        self.transactions = Writes(transactions) { $0 }
        refusals = RefusalThrottle(clock: clock)
    }

    /// Nothing is written of callers without a tenant. Fails as a commit does.
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
