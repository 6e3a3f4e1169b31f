public import TenonDomain

/// A use case that can run inside an open transaction, such as that of a request with an idempotency key.
public protocol JoinsTransaction: Sendable {
    /// The same use case, whose changes become part of the transaction.
    func joining(_ transaction: OpenTransaction) -> Self
}
