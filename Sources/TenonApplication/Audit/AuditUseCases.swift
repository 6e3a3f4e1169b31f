public import TenonDomain

/// The use cases of the context, put together.
public struct AuditUseCases: Sendable {
    public let listAuditRecords: ListAuditRecords
    public let verifyAuditLog: VerifyAuditLog
    public let exportAuditLog: ExportAuditLog
    public let listAuditKeys: ListAuditKeys

    /// `registry` begins where tenants themselves are kept; `sealer` is that of the audit log; `receipts` knows the signatures of keys.
    public init(
        transactions: any Transactions, registry: any Transactions, authorizer: any Authorizer,
        sealer: any ValueSealer, digests: any KeyedDigests, hashing: any ChainHash, clock: any WallClock,
        receipts: @escaping @Sendable ([PublicSigningKey]) -> any ReceiptVerifier
    ) {
        let reading = AuditReading(
            transactions: transactions, registry: registry, authorizer: authorizer, digests: digests)
        listAuditRecords = ListAuditRecords(reading: reading, sealer: sealer)
        verifyAuditLog = VerifyAuditLog(reading: reading, hashing: hashing, clock: clock, receipts: receipts)
        exportAuditLog = ExportAuditLog(reading: reading, sealer: sealer)
        listAuditKeys = ListAuditKeys(reading: reading)
    }
}
