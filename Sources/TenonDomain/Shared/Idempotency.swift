public import TenonKit

/// A client's claim that repeated requests are the same request (`Idempotency-Key`). Two requests have the same claim
/// if tenant, principal, operation and key are equal.
public struct IdempotencyClaim: Sendable, Equatable {
    /// 32 bytes that only this installation can derive from those four.
    public let digest: [UInt8]
    /// 32 bytes over the whole request; differs if the key is reused for another request.
    public let fingerprint: [UInt8]

    /// Restores a claim from a store.
    public init(digest: [UInt8], fingerprint: [UInt8]) {
        self.digest = digest
        self.fingerprint = fingerprint
    }

    /// `digests` derives both, so that a stored claim reveals nothing about the request.
    public init(
        key: String, operation: String, content: [UInt8], of caller: Caller, by digests: any KeyedDigests
    ) throws(Failure) {
        let parts = [try caller.requireTenant().description, caller.subject, operation, key]
        digest = digests.digest(parts.map { "\($0.utf8.count):\($0)" }.joined(), for: .idempotency)
        fingerprint = digests.digest(content, for: .idempotency)
    }
}

/// The stored response to a request, for its repeats.
public struct KeptReply: Sendable, Equatable, Identified {
    public static let idPrefix = "rpl"
    /// How long repeats get the stored response.
    public static let lifetime = Duration.seconds(24 * 3600)

    public let id: Identifier<KeptReply>
    public let claim: IdempotencyClaim
    /// Sealed with the tenant's data key, because responses contain values.
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

/// Stored responses within a transaction of their tenant.
///
/// Requirements, each with a contract test: of concurrent claims one proceeds and the others fail with
/// `idempotencyKeyInUse` or find the first one's response; a failed transaction stores nothing; expired responses are
/// not found.
public protocol ReplyStore: Sendable {
    /// Locks the claim until the transaction ends, and returns its stored response. Fails with `idempotencyKeyInUse` if
    /// another transaction holds it.
    func claim(_ digest: [UInt8], at now: Timestamp) async throws(Failure) -> KeptReply?

    /// Stores the response of a claim that this transaction holds.
    func keep(_ reply: KeptReply) async throws(Failure)
}

/// Stores with a `ReplyStore`.
public protocol HasReplies: Sendable {
    var replies: any ReplyStore { get }
}

extension FailureCode {
    public static let idempotencyKeyInUse = FailureCode(
        "idempotency_key_in_use", .conflict, "The first request with this key is still running",
        "Wait for the response to the first request, or retry in a moment to get it.")
    public static let idempotencyKeyReused = FailureCode(
        "idempotency_key_reused", .invalid, "The key belongs to another request",
        "An idempotency key belongs to one request. This request differs from the first one with the key: use a new key."
    )
}
