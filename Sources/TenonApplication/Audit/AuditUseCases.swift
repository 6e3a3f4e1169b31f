public import TenonDomain

/// The use cases of the context.
public struct AuditUseCases: Sendable {
    public let listAuditRecords: ListAuditRecords
    public let verifyAuditLog: VerifyAuditLog
    public let exportAuditLog: ExportAuditLog
    public let listAuditKeys: ListAuditKeys

    /// `registry` opens transactions in the database that stores the tenants; `sealer` is that of the audit log;
    /// `receipts` verifies signatures.
    public init(
        _ ports: Ports, registry: any Transactions, sealer: any ValueSealer, hashing: any ChainHash,
        receipts: @escaping @Sendable ([PublicSigningKey]) -> any ReceiptVerifier
    ) {
        let reading = AuditReading(
            transactions: ports.transactions, registry: registry, authorizer: ports.authorizer, digests: ports.digests)
        listAuditRecords = ListAuditRecords(reading: reading, sealer: sealer)
        verifyAuditLog = VerifyAuditLog(reading: reading, hashing: hashing, clock: ports.clock, receipts: receipts)
        exportAuditLog = ExportAuditLog(reading: reading, sealer: sealer)
        listAuditKeys = ListAuditKeys(reading: reading)
    }
}
