public import TenonDomain

/// A buffer of API key uses to store. When it is full the oldest are dropped: a key in use is recorded again within a
/// minute.
public final class APIKeyUses: Sendable {
    fileprivate let waiting: AsyncStream<(use: APIKeyUse, key: APIKeyPrincipal)>
    private let continuation: AsyncStream<(use: APIKeyUse, key: APIKeyPrincipal)>.Continuation

    public init() {
        (waiting, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    func note(_ use: APIKeyUse, of key: APIKeyPrincipal) {
        continuation.yield((use, key))
    }
}

/// Stores when and from where keys were used, in the background.
public struct RecordAPIKeyUses: Sendable {
    private let transactions: Writes<any HasAPIKeys & RecordsEvents>
    private let uses: APIKeyUses

    public init(transactions: any Transactions, uses: APIKeyUses) {
        self.transactions = Writes(transactions) { $0 }
        self.uses = uses
    }

    /// Runs until the task is cancelled. A use that cannot be stored is dropped. `report` receives each outcome: the
    /// failure, or nil.
    public func run(_ report: @Sendable (Failure?) -> Void = { _ in }) async {
        for await (use, key) in uses.waiting {
            let job = Caller(.system(job: "api_key_uses", tenant: key.tenant), from: Origin(requestID: "api_key_uses"))
            do throws(Failure) {
                try await transactions.write(in: key.tenant, as: job) { work throws(Failure) in
                    try await work.apiKeys.note(use, of: key.id)
                }
                report(nil)
            } catch {
                report(error)
            }
        }
    }
}
