public import TenonKit

/// A client's word that repeats of a request are the same request (`Idempotency-Key`). Two requests have one claim when
/// tenant, principal, operation and key are the same.
public struct IdempotencyClaim: Sendable, Equatable {
    /// 32 bytes that only this installation can make of those four.
    public let digest: [UInt8]
    /// 32 bytes over everything that the request says; differs where the key is used for something else.
    public let fingerprint: [UInt8]

    /// As it was stored.
    public init(digest: [UInt8], fingerprint: [UInt8]) {
        self.digest = digest
        self.fingerprint = fingerprint
    }

    /// `digests` makes both, so that a stored claim tells nothing of the request.
    public init(
        key: String, operation: String, content: [UInt8], of caller: Caller, by digests: any KeyedDigests
    ) throws(Failure) {
        let parts = [try caller.requireTenant().description, caller.subject, operation, key]
        digest = digests.digest(parts.map { "\($0.utf8.count):\($0)" }.joined(), for: .idempotency)
        fingerprint = digests.digest(content, for: .idempotency)
    }
}

/// The answer to a request, kept for its repeats.
public struct KeptReply: Sendable, Equatable, Identified {
    public static let idPrefix = "rpl"
    /// How long repeats are recognised.
    public static let lifetime = Duration.seconds(24 * 3600)

    public let id: Identifier<KeptReply>
    public let claim: IdempotencyClaim
    /// Under the tenant's data key: answers show values.
    public let sealed: SealedBytes
    public let expiresAt: Timestamp

    public init(
        id: Identifier<KeptReply>, claim: IdempotencyClaim, sealed: SealedBytes, expiresAt: Timestamp
    ) {
        self.id = id
        self.claim = claim
        self.sealed = sealed
        self.expiresAt = expiresAt
    }

    public static func place(of id: Identifier<KeptReply>, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "kept_replies", row: id, field: "sealed_reply")
    }
}

/// Kept answers within a transaction of their tenant.
///
/// Obligations, each with a contract test: of racing claims one goes on and the others fail with `idempotencyKeyInUse`
/// or find what the first one kept; a transaction that fails keeps nothing; what has expired is not found.
public protocol ReplyStore: Sendable {
    /// Holds the claim until the transaction ends, and answers what was kept under it. Fails with
    /// `idempotencyKeyInUse` where another transaction holds it.
    func claim(_ digest: [UInt8], at now: Timestamp) async throws(Failure) -> KeptReply?

    /// Keeps the answer of a claim that this transaction holds.
    func keep(_ reply: KeptReply) async throws(Failure)
}

/// Stores with a `ReplyStore`.
public protocol HasReplies: Sendable {
    var replies: any ReplyStore { get }
}

extension FailureCode {
    public static let idempotencyKeyInUse = FailureCode(
        "idempotency_key_in_use", .conflict, "The first request with this key still runs",
        "Wait for the answer to the first request, or ask again in a moment to get it.")
    public static let idempotencyKeyReused = FailureCode(
        "idempotency_key_reused", .invalid, "The key belongs to another request",
        "A key stands for one request. This one says something else than the first with its key: use a fresh key.")
}
