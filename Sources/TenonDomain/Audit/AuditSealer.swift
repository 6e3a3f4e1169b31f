/// Makes the rows of the audit log: contents are sealed under the tenant's key for the log, and a salted digest of the
/// text stands beside them, which the chain covers. A destroyed key takes text and salt away; what is left tells nothing.
public struct AuditSealer: Sendable {
    private let sealer: any ValueSealer
    private let hashing: any ChainHash
    private let randomness: any Randomness

    public init(sealer: any ValueSealer, hashing: any ChainHash, randomness: any Randomness) {
        self.sealer = sealer
        self.hashing = hashing
        self.randomness = randomness
    }

    /// Fails as the sealer does.
    public func seal(_ record: AuditRecord) async throws(Failure) -> StoredAuditRecord {
        let text = record.content.encoded(salt: randomness.bytes(16))
        let digest = text.withUnsafeBytes { hashing.sha256($0) }
        let sealed = try await sealer.seal(text, at: AuditContent.place(of: record.id, in: record.tenant))
        return StoredAuditRecord(record, content: .sealed(sealed, digest: digest))
    }
}
