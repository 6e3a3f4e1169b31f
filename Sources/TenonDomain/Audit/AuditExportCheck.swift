internal import TenonKit

/// Verifies an export while it is read: the chain from its first link, that no link is missing or out of order, and the
/// signed heads, one of which must cover the last link, because a complete export ends with it.
public struct AuditExportCheck: Sendable {
    /// The maximum bytes of a line.
    public static let longestLine = 4 << 20

    /// The number of lines read.
    public private(set) var lines = 0
    /// The chain that its heads name; nil before the first one.
    public private(set) var place: AuditChainPlace?
    private let hashing: any ChainHash
    private let receipts: (any ReceiptVerifier)?
    private var check: AuditChainCheck?
    private var rest: [UInt8] = []
    private var tenantText = ""

    /// Without `receipts` heads are compared with the chain, but their signatures are not checked.
    public init(hashing: any ChainHash, receipts: (any ReceiptVerifier)?) {
        self.hashing = hashing
        self.receipts = receipts
    }

    public var tenant: TenantID? { check?.tenant }
    /// The last valid link.
    public var sequence: Int64 { check?.sequence ?? 0 }
    public var heads: Int { check?.heads ?? 0 }
    /// The last link that a head covers.
    public var signed: Int64 { check?.signed ?? 0 }

    /// Checks the next bytes of the export; nil if all are valid so far.
    public mutating func take(_ bytes: UnsafeRawBufferPointer) -> AuditFinding? {
        let bytes = bytes.assumingMemoryBound(to: UInt8.self)
        var start = 0
        while let end = Self.newline(in: bytes, from: start) {
            let piece = UnsafeBufferPointer(rebasing: bytes[start..<end])
            start = end + 1
            let finding: AuditFinding?
            if rest.isEmpty {
                finding = line(piece)
            } else {
                rest.append(contentsOf: piece)
                let whole = rest
                rest.removeAll(keepingCapacity: true)
                finding = whole.withUnsafeBufferPointer { line($0) }
            }
            if let finding { return finding }
        }
        rest.append(contentsOf: bytes[start...])
        return rest.count > Self.longestLine ? unreadable : nil
    }

    /// Checks the end of the export.
    public mutating func finish() -> AuditFinding? {
        let last = rest
        rest = []
        if !last.isEmpty, let finding = last.withUnsafeBufferPointer({ line($0) }) { return finding }
        return check?.end()
    }

    private static func newline(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var at = start
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "\n") { return at }
            at += 1
        }
        return nil
    }

    private var unreadable: AuditFinding { AuditFinding(.unreadable, at: sequence + 1) }

    private mutating func line(_ bytes: UnsafeBufferPointer<UInt8>) -> AuditFinding? {
        lines += 1
        guard bytes.count <= Self.longestLine, let line = AuditLine(bytes), let sequence = line.integer(.seq),
            let hash = line.base64(.hash)
        else { return unreadable }
        switch line.text(.type) {
        case "record": return record(line, sequence, hash)
        case "head": return head(line, sequence, hash)
        default: return unreadable
        }
    }

    private mutating func record(_ line: AuditLine, _ sequence: Int64, _ hash: [UInt8]) -> AuditFinding? {
        guard line.isRecord, let id = line.text(.id).flatMap({ AuditRecordID($0) }) else { return unreadable }
        if line.isMissing(.tenant) { return AuditFinding(.missingRecord, at: sequence, record: id) }
        guard let owner = tenant(of: line), let moment = line.text(.occurredAt).flatMap({ Timestamp($0) }) else {
            return unreadable
        }
        var isReadable = true
        let link = AuditLink(sequence: sequence, record: id, hash: hash)
        let finding = following(owner) { check in
            check.follow(link, tenant: owner) { bytes in
                isReadable = line.appendCanonical(tenant: owner, id: id, at: moment, to: &bytes)
            }
        }
        guard isReadable else { return unreadable }
        return finding ?? content(of: line, link)
    }

    /// The opened content must be the text that was sealed.
    private func content(of line: AuditLine, _ link: AuditLink) -> AuditFinding? {
        guard !line.isMissing(.content) else { return nil }
        guard var text = line.text(.content), let digest = line.base64(.contentDigest) else { return unreadable }
        let isWhatWasSealed = text.withUTF8 { hashing.sha256(UnsafeRawBufferPointer($0)) } == digest
        return isWhatWasSealed ? nil : AuditFinding(.wrongContent, at: link.sequence, record: link.record)
    }

    private mutating func head(_ line: AuditLine, _ sequence: Int64, _ hash: [UInt8]) -> AuditFinding? {
        guard line.isHead, let owner = tenant(of: line), let moment = line.text(.madeAt).flatMap({ Timestamp($0) }),
            let place = line.text(.chain).flatMap({ AuditChainPlace($0, of: owner) }), let signed = line.text(.signed)
        else { return unreadable }
        let head = AuditHead(place: place, sequence: sequence, hash: hash, madeAt: moment, signed: signed)
        let receipts = receipts
        let finding = following(owner) { $0.meet(head, receipts) }
        if finding == nil { self.place = place }
        return finding
    }

    /// The chain of the first line's tenant. It is moved out temporarily, so that there is only one copy.
    private mutating func following(
        _ owner: TenantID, _ body: (inout AuditChainCheck) -> AuditFinding?
    ) -> AuditFinding? {
        var following = check.take() ?? AuditChainCheck(of: owner, hashing: hashing)
        let finding = body(&following)
        check = following
        return finding
    }

    /// Mostly the same as in the line before.
    private mutating func tenant(of line: AuditLine) -> TenantID? {
        guard let text = line.text(.tenant) else { return nil }
        if let check, text == tenantText { return check.tenant }
        guard let tenant = TenantID(text) else { return nil }
        if check == nil { tenantText = text }
        return tenant
    }
}

extension AuditLine {
    /// The bytes that `StoredAuditRecord` appends. False if a member that must be text is not.
    fileprivate func appendCanonical(
        tenant: TenantID, id: AuditRecordID, at moment: Timestamp, to bytes: inout [UInt8]
    ) -> Bool {
        var fields = AuditFields(bytes)
        bytes = []
        fields.begin()
        fields.append(tenant.high, tenant.low)
        fields.append(id.high, id.low)
        var isReadable = true
        for name in [Name.actor, .action, .resourceType, .resourceID, .outcome, .plain] {
            isReadable = append(name, to: &fields) && isReadable
        }
        for name in [Name.sealed, .contentDigest] {
            if let bytes = base64(name) {
                fields.append(bytes: bytes)
            } else {
                isReadable = isMissing(name) && isReadable
                fields.append(nil)
            }
        }
        for name in [Name.address, .userAgent, .requestID, .traceID] {
            isReadable = append(name, to: &fields) && isReadable
        }
        fields.append(moment)
        bytes = fields.bytes
        return isReadable
    }
}
