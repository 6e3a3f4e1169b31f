import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport

/// Records to try the audit log with.
enum AuditedTenant {
    /// So many records in one transaction, of the things 0, 1, 2, …
    static func write(
        _ count: Int, in tenant: TenantID, _ storage: Storage, action: String = "a.done", resource: String? = nil,
        outcome: AuditOutcome = .success
    ) async throws(Failure) {
        try await storage.write(tenant) { work throws(Failure) in
            for number in 0..<count {
                let thing = ResourceReference(kind: "thing", id: resource ?? "\(number)")
                work.audit(DomainEvent(EventKind(action), on: thing, ["number": .integer(Int64(number))]), outcome)
            }
        }
    }

    /// What extends chains and verifies them, with a signing key of its own.
    struct Chains: Sendable {
        let link: LinkAuditRecords
        let reading: AuditReading
        let verifying: VerifyAuditLog

        func list(_ tenant: TenantID, _ sealer: any ValueSealer) async throws(Failure) -> [AuditView] {
            try await ListAuditRecords(reading: reading, sealer: sealer).execute(
                ListAuditRecords.Input(), as: Caller(.system(job: "contract", tenant: tenant), from: .test)
            ).items
        }

        func export(_ tenant: TenantID, _ sealer: any ValueSealer) async throws(Failure) -> [UInt8] {
            try await ExportAuditLog(reading: reading, sealer: sealer).execute(
                ExportAuditLog.Input(), as: Caller(.system(job: "contract", tenant: tenant), from: .test))
        }

        func verify(
            _ tenant: TenantID, from: Int64? = nil, to: Int64? = nil
        ) async throws(Failure) -> VerifyAuditLog.Output {
            try await verifying.execute(
                VerifyAuditLog.Input(from: from, to: to),
                as: Caller(.system(job: "contract", tenant: tenant), from: .test))
        }
    }

    /// `chain` is the storage's own where nil.
    static func linker(_ storage: Storage, chain: (any AuditChain)? = nil) async throws(Failure) -> Chains {
        let memory = MemoryTransactions(clock: storage.clock, identifiers: storage.ids)
        let keys = try await InstallationKeys.open(
            keks: KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))]), secretKey: nil,
            dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory), randomness: SystemRandomness(),
            clock: storage.clock)
        let signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: SystemRandomness())
        let reading = AuditReading(
            transactions: storage.transactions, registry: storage.registry,
            authorizer: PolicyAuthorizer(clock: storage.clock), digests: keys.digests)
        return Chains(
            link: LinkAuditRecords(
                chain: chain ?? storage.auditChain, signer: signer, digests: keys.digests, hashing: OpenSSLChainHash(),
                clock: storage.clock),
            reading: reading,
            verifying: VerifyAuditLog(reading: reading, hashing: OpenSSLChainHash(), clock: storage.clock) {
                ReceiptVerification(keys: $0)
            })
    }
}
