/// A problem in a chain, and its position.
public struct AuditFinding: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The record, its link or an earlier one was changed.
        case wrongHash = "wrong_hash"
        case missingRecord = "missing_record"
        /// The content in an export differs from the sealed content.
        case wrongContent = "wrong_content"
        /// Links are missing.
        case gap
        /// A link is stored after a later one.
        case outOfOrder = "out_of_order"
        case foreignTenant = "foreign_tenant"
        /// A head has another hash than the chain at its position.
        case wrongHead = "wrong_head"
        /// No key signed the head, or the signature is for something else.
        case forgedHead = "forged_head"
        /// A head was signed for links that are missing.
        case missingTail = "missing_tail"
        /// No head covers the link or any later one. Links are written with their head, so the head was deleted or the
        /// links were forged.
        case unsigned
        /// A record waits too long for its link, or was inserted before the end of the chain.
        case unlinked
        /// A line of an export that does not parse.
        case unreadable
    }

    public let kind: Kind
    /// The position in the chain: the link, or the one before a missing link.
    public let sequence: Int64
    public let record: AuditRecordID?

    public init(_ kind: Kind, at sequence: Int64, record: AuditRecordID? = nil) {
        self.kind = kind
        self.sequence = sequence
        self.record = record
    }
}

/// Follows a chain link by link, and reports the first problem.
public struct AuditChainCheck: Sendable {
    /// The tenant of the chain.
    public let tenant: TenantID
    /// The last valid link.
    public private(set) var sequence: Int64
    public private(set) var hash: [UInt8]
    public private(set) var heads = 0
    /// The last link that a head covers; the start of the check if there was none since.
    public private(set) var signed: Int64
    private let hashing: any ChainHash
    private var buffer: [UInt8] = []

    /// Starts after a link that is known to be valid, or at the beginning.
    public init(
        of tenant: TenantID, after sequence: Int64 = 0, hash: [UInt8] = AuditLink.genesis, hashing: any ChainHash
    ) {
        self.tenant = tenant
        self.sequence = sequence
        self.hash = hash
        signed = sequence
        self.hashing = hashing
    }

    /// Checks the next link; nil if it is valid.
    public mutating func follow(_ linked: LinkedAuditRecord) -> AuditFinding? {
        guard let record = linked.record else {
            return AuditFinding(.missingRecord, at: linked.link.sequence, record: linked.link.record)
        }
        guard record.id == linked.link.record else { return AuditFinding(.wrongHash, at: linked.link.sequence) }
        return follow(linked.link, tenant: record.tenant) { record.appendCanonical(to: &$0) }
    }

    /// Checks the next link, whose record appends its canonical bytes.
    mutating func follow(
        _ link: AuditLink, tenant owner: TenantID, _ append: (inout [UInt8]) -> Void
    ) -> AuditFinding? {
        guard owner == tenant else { return AuditFinding(.foreignTenant, at: link.sequence, record: link.record) }
        guard link.sequence == sequence + 1 else {
            return AuditFinding(link.sequence > sequence ? .gap : .outOfOrder, at: sequence + 1, record: link.record)
        }
        let next = next(append)
        guard next == link.hash else { return AuditFinding(.wrongHash, at: link.sequence, record: link.record) }
        sequence = link.sequence
        hash = next
        return nil
    }

    /// The hash of a record at the next position.
    mutating func next(_ append: (inout [UInt8]) -> Void) -> [UInt8] {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(contentsOf: hash)
        append(&buffer)
        return buffer.withUnsafeBytes { hashing.sha256($0) }
    }

    /// Adds a record to the chain.
    public mutating func link(_ record: StoredAuditRecord) -> AuditLink {
        hash = next { record.appendCanonical(to: &$0) }
        sequence += 1
        return AuditLink(sequence: sequence, record: record.id, hash: hash)
    }

    /// Checks a head of the current link; nil if it is valid. `receipts` is nil if there are no keys to check
    /// signatures.
    public mutating func meet(_ head: AuditHead, _ receipts: (any ReceiptVerifier)?) -> AuditFinding? {
        guard head.place.tenant == tenant else { return AuditFinding(.foreignTenant, at: head.sequence) }
        if head.sequence > sequence { return AuditFinding(.missingTail, at: head.sequence) }
        guard head.sequence == sequence, head.hash == hash else { return AuditFinding(.wrongHead, at: head.sequence) }
        if let receipts {
            guard let statement = receipts.receipt(head.signed, type: AuditHead.type), head.fits(statement) else {
                return AuditFinding(.forgedHead, at: head.sequence)
            }
        }
        heads += 1
        signed = head.sequence
        return nil
    }

    /// After the chain's last link; nil if a head covers it.
    public func end() -> AuditFinding? {
        signed < sequence ? AuditFinding(.unsigned, at: signed + 1) : nil
    }
}
