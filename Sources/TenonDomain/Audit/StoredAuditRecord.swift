public import TenonKit

/// A record as stored, which the chain covers.
public struct StoredAuditRecord: Sendable, Equatable {
    /// How details, before and after are stored.
    public enum Content: Sendable, Equatable {
        /// JSON: in a store without encryption at rest, for operators' key operations, and in records from before
        /// contents were sealed.
        case plain(String)
        /// Sealed with the tenant's audit key. The digest is SHA-256 of the plaintext, so a reader of the plaintext can
        /// prove it.
        case sealed(SealedBytes, digest: [UInt8])
    }

    public let id: AuditRecordID
    public let tenant: TenantID
    public let actor: String
    public let action: String
    public let resource: ResourceReference
    /// As stored: someone who changed the row may have put anything here.
    public let outcome: String
    public let content: Content
    public let origin: Origin
    public let occurredAt: Timestamp

    public init(
        id: AuditRecordID, tenant: TenantID, actor: String, action: String, resource: ResourceReference,
        outcome: String, content: Content, origin: Origin, occurredAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.actor = actor
        self.action = action
        self.resource = resource
        self.outcome = outcome
        self.content = content
        self.origin = origin
        self.occurredAt = occurredAt
    }

    public init(_ record: AuditRecord, content: Content) {
        self.init(
            id: record.id, tenant: record.tenant, actor: record.actor, action: record.action,
            resource: record.resource, outcome: record.outcome.rawValue, content: content, origin: record.origin,
            occurredAt: record.occurredAt)
    }

    /// A record whose content is not sealed.
    public static func plain(_ record: AuditRecord) -> StoredAuditRecord {
        StoredAuditRecord(record, content: .plain(String(decoding: record.content.encoded(), as: UTF8.self)))
    }

    /// Appends the part that the record's hash covers after the previous hash: docs/audit.md.
    func appendCanonical(to bytes: inout [UInt8]) {
        var fields = AuditFields(bytes)
        bytes = []
        fields.begin()
        fields.append(tenant.high, tenant.low)
        fields.append(id.high, id.low)
        fields.append(actor)
        fields.append(action)
        fields.append(resource.kind)
        fields.append(resource.id)
        fields.append(outcome)
        switch content {
        case .plain(let text):
            fields.append(text)
            fields.append(nil)
            fields.append(nil)
        case .sealed(let sealed, let digest):
            fields.append(nil)
            fields.append(bytes: sealed.bytes)
            fields.append(bytes: digest)
        }
        fields.append(origin.address)
        fields.append(origin.userAgent)
        fields.append(origin.requestID)
        fields.append(origin.traceID)
        fields.append(occurredAt)
        bytes = fields.bytes
    }
}

/// Fields in order, each preceded by its length in four bytes, most significant first; a missing value has the length
/// 0xFFFFFFFF. So no two records have the same bytes.
struct AuditFields {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The format.
    mutating func begin() {
        append("tenon/audit-record/1")
    }

    mutating func append(_ text: String?) {
        guard var text else { return integer(UInt32.max) }
        text.withUTF8 { append(bytes: $0) }
    }

    mutating func append(bytes field: some Collection<UInt8>) {
        integer(UInt32(field.count))
        bytes.append(contentsOf: field)
    }

    /// A UUID: 16 bytes.
    mutating func append(_ high: UInt64, _ low: UInt64) {
        integer(UInt32(16))
        integer(high)
        integer(low)
    }

    /// Milliseconds since 1970: 8 bytes.
    mutating func append(_ moment: Timestamp) {
        integer(UInt32(8))
        integer(moment.millisecondsSince1970)
    }

    private mutating func integer(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
