internal import TenonPolicy

/// What is wrong with a chain, and where.
public struct AuditFinding: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The record, its link or one before it is not what it was.
        case wrongHash = "wrong_hash"
        case missingRecord = "missing_record"
        /// What an export shows of a content is not what was sealed.
        case wrongContent = "wrong_content"
        /// Links are missing.
        case gap
        /// A link stands behind one that follows upon it.
        case outOfOrder = "out_of_order"
        case foreignTenant = "foreign_tenant"
        /// A head says another hash than the chain has there.
        case wrongHead = "wrong_head"
        /// No key signed the head, or it signed something else.
        case forgedHead = "forged_head"
        /// A head was signed for links that are not there.
        case missingTail = "missing_tail"
        /// No head covers the link, nor any behind it: links come with their head, so it was taken away, or anybody made
        /// them.
        case unsigned
        /// A record waits for its link longer than it should, or was put in behind the chain's back.
        case unlinked
        /// A line of an export that is none.
        case unreadable
    }

    public let kind: Kind
    /// Where in the chain: the link, or the one that it should follow upon.
    public let sequence: Int64
    public let record: AuditRecordID?

    public init(_ kind: Kind, at sequence: Int64, record: AuditRecordID? = nil) {
        self.kind = kind
        self.sequence = sequence
        self.record = record
    }
}

/// Follows a chain from one link to the next, and says at the first place where it does not hold.
public struct AuditChainCheck: Sendable {
    /// Of whom the chain is.
    public let tenant: TenantID
    /// Of the last link that holds.
    public private(set) var sequence: Int64
    public private(set) var hash: [UInt8]
    public private(set) var heads = 0
    /// The last link that a head covers; where the check began, if there was none since.
    public private(set) var signed: Int64
    private let hashing: any ChainHash
    private var buffer: [UInt8] = []

    /// Begins behind a link that is known to hold, or at the beginning.
    public init(
        of tenant: TenantID, after sequence: Int64 = 0, hash: [UInt8] = AuditLink.genesis, hashing: any ChainHash
    ) {
        self.tenant = tenant
        self.sequence = sequence
        self.hash = hash
        signed = sequence
        self.hashing = hashing
    }

    /// The next link; nil where it holds.
    public mutating func follow(_ linked: LinkedAuditRecord) -> AuditFinding? {
        guard let record = linked.record else {
            return AuditFinding(.missingRecord, at: linked.link.sequence, record: linked.link.record)
        }
        guard record.id == linked.link.record else { return AuditFinding(.wrongHash, at: linked.link.sequence) }
        return follow(linked.link, tenant: record.tenant) { record.appendCanonical(to: &$0) }
    }

    /// The next link, whose record appends its canonical bytes.
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

    /// The hash of a record that follows upon this place.
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

    /// A head of the link where the chain is; nil where it holds. `receipts` is nil where there are no keys to check
    /// signatures with.
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

    /// Behind the chain's last link; nil where a head covers it.
    public func end() -> AuditFinding? {
        signed < sequence ? AuditFinding(.unsigned, at: signed + 1) : nil
    }
}
