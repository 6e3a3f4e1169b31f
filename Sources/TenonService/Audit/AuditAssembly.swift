package import TenonApplication
internal import TenonCrypto
internal import TenonDomain

extension AuditUseCases {
    init(_ parts: UseCaseDependencies) {
        self.init(
            parts.ports, registry: parts.registry, sealer: parts.keyring.auditSealer, hashing: OpenSSLChainHash()
        ) { ReceiptVerification(keys: $0) }
    }
}

extension UseCaseDependencies {
    package var linkAudit: LinkAuditRecords {
        LinkAuditRecords(
            chain: storage.auditChain, signer: keyring.signer, digests: ports.digests, hashing: OpenSSLChainHash(),
            clock: ports.clock)
    }
}

extension ContextServices {
    static func audit(_ parts: UseCaseDependencies) -> ContextServices {
        let link = parts.linkAudit
        return ContextServices(jobs: { jobs in
            [
                jobs.every(
                    .seconds(1), failing: "chaining audit records failed; retrying in 1 s", isDoneAtEnd: true
                ) { () throws(Failure) in _ = try await link.execute() }
            ]
        })
    }
}
