public import TenonDomain
public import TenonKit

/// Destroys every data key of a tenant, so that its values can never be read again, and returns a signed receipt.
public struct ShredTenantKey: Sendable {
    /// The `typ` of a receipt (RFC 7515), so that no receipt can be used as an access token.
    public static let receiptType = "tenon-key-destruction+jws"

    public struct Output: Sendable {
        /// The destroyed keys, and the time.
        public let receipt: JSONValue
        /// The receipt as a compact JWS, signed by the active token-signing key.
        public let signed: String
    }

    private let rotation: any DataKeyRotation
    private let sealer: any ValueSealer
    private let wrapping: any KeyWrapping
    private let signer: any ReceiptSigner
    private let clock: any WallClock

    public init(
        rotation: any DataKeyRotation, sealer: any ValueSealer, wrapping: any KeyWrapping, signer: any ReceiptSigner,
        clock: any WallClock
    ) {
        self.rotation = rotation
        self.sealer = sealer
        self.wrapping = wrapping
        self.signer = signer
        self.clock = clock
    }

    /// The receipt is written to the tenant's audit log, in the transaction of the destruction. Fails with
    /// `permissionDenied` unless the caller is the operator, and `tenantKeyDestroyed` if there is no key.
    public func execute(_ tenant: Tenant, as caller: Caller) async throws(Failure) -> Output {
        try caller.requireOperator()
        let now = clock.now()
        let destroyed = try await rotation.destroy(of: tenant.id, as: caller) { keys throws(Failure) in
            let receipt = statement(on: keys, of: tenant, at: now)
            return DomainEvent(
                .dataKeysDestroyed, on: .tenant(tenant.id),
                ["receipt": receipt, "signed": .string(try signer.sign(receipt, type: Self.receiptType))])
        }
        sealer.forgetKeys(of: tenant.id)
        guard !destroyed.isEmpty else {
            throw Failure(
                .tenantKeyDestroyed,
                "The tenant's keys were already destroyed; the receipt is in the audit log.")
        }
        // Ed25519 signatures are deterministic, so this equals the one in the audit log.
        let receipt = statement(on: destroyed, of: tenant, at: now)
        return Output(receipt: receipt, signed: try signer.sign(receipt, type: Self.receiptType))
    }

    private func statement(on keys: [WrappedDataKey], of tenant: Tenant, at now: Timestamp) -> JSONValue {
        [
            "tenant": .string(tenant.id.description), "slug": .string(tenant.slug.text),
            "destroyed_at": .string(now.description),
            "keys": .array(
                keys.map { key in
                    [
                        "purpose": .string(key.purpose.rawValue), "version": .integer(Int64(key.version)),
                        "kek_version": .integer(Int64(key.kekVersion)),
                        "wrapped_sha256": .string(Base64URL.encode(wrapping.digest(of: key))),
                    ]
                }),
        ]
    }
}
