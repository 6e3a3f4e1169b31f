/// Creates the rows of the audit log: contents are sealed with the tenant's audit key, and a salted digest of the text
/// is stored beside them, which the chain covers. When the key is destroyed, text and salt are lost, and the digest
/// reveals nothing.
public struct AuditSealer: Sendable {
    private let sealer: any ValueSealer
    private let hashing: any ChainHash
    private let randomness: any Randomness

    public init(sealer: any ValueSealer, hashing: any ChainHash, randomness: any Randomness) {
        self.sealer = sealer
        self.hashing = hashing
        self.randomness = randomness
    }

    /// Fails like the sealer.
    public func seal(_ record: AuditRecord) async throws(Failure) -> StoredAuditRecord {
        let text = record.content.encoded(salt: randomness.bytes(16))
        let digest = text.withUnsafeBytes { hashing.sha256($0) }
        let sealed = try await sealer.seal(text, at: AuditContent.place(of: record.id, in: record.tenant))
        return StoredAuditRecord(record, content: .sealed(sealed, digest: digest))
    }
}
