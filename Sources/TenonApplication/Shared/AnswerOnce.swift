public import TenonDomain
internal import TenonKit

/// Runs a request with an idempotency key as one transaction, from the claim on the key to the stored response; a
/// repeat gets that response. A failure stores nothing, so that the request can be retried.
public struct AnswerOnce: Sendable {
    private let transactions: any Transactions
    private let sealer: any ValueSealer
    private let identifiers: Identifiers
    private let clock: any WallClock

    public init(
        transactions: any Transactions, sealer: any ValueSealer, identifiers: Identifiers, clock: any WallClock
    ) {
        self.transactions = transactions
        self.sealer = sealer
        self.identifiers = identifiers
        self.clock = clock
    }

    /// `namespace` is the one that the request may revise. `perform` runs a use case that joins the transaction and
    /// returns the reply as bytes; it may run again after a collision. Fails with what it throws, `idempotencyKeyInUse`, `idempotencyKeyReused` or, to be repeated,
    /// `outcomeUnknown`.
    public func execute(
        _ claim: IdempotencyClaim, as caller: Caller, revising namespace: NamespaceID? = nil,
        _ perform: @Sendable (OpenTransaction) async throws(Failure) -> [UInt8]
    ) async throws(Failure) -> (reply: [UInt8], isRepeat: Bool) {
        do throws(Failure) {
            return try await answer(claim, as: caller, revising: namespace, perform)
        } catch {
            guard error.code == .outcomeUnknown else { throw error }
            throw Failure(error.code, error.detail, retryAfter: .seconds(1), cause: error.cause)
        }
    }

    private func answer(
        _ claim: IdempotencyClaim, as caller: Caller, revising namespace: NamespaceID?,
        _ perform: @Sendable (OpenTransaction) async throws(Failure) -> [UInt8]
    ) async throws(Failure) -> (reply: [UInt8], isRepeat: Bool) {
        let tenant = try caller.requireTenant()
        let id: Identifier<KeptReply> = identifiers.next()
        let now = clock.now()
        return try await transactions.write(for: caller, revising: namespace) { work throws(Failure) in
            if let kept = try await work.replies.claim(claim.digest, at: now) {
                guard kept.claim == claim else {
                    throw Failure(
                        .idempotencyKeyReused, "A different request already used this Idempotency-Key. Use a new key.")
                }
                return (try await sealer.open(kept.sealed, at: KeptReply.place(of: kept.id, in: tenant)), true)
            }
            let reply = try await perform(OpenTransaction(work))
            let sealed = try await sealer.seal(reply, at: KeptReply.place(of: id, in: tenant))
            try await work.replies.keep(
                KeptReply(id: id, claim: claim, sealed: sealed, expiresAt: now + KeptReply.lifetime))
            return (reply, false)
        }
    }
}
