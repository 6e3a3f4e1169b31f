internal import TenonKit

/// Writes a chain as newline-delimited JSON: a line for each record in order, and one for each signed head after the
/// record it was signed for. The text of sealed content comes last if it was opened for the reader; the hash covers its
/// digest.
public struct AuditExport: Sendable {
    /// The names of all members, in the order of a record's line and then of a head's.
    static let members: [StaticString] = [
        "type", "seq", "hash", "id", "tenant", "actor", "action", "resource_type", "resource_id", "outcome", "plain",
        "sealed", "content_digest", "address", "user_agent", "request_id", "trace_id", "occurred_at", "content",
        "chain", "made_at", "signed",
    ]

    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// `content` is the plaintext of the sealed content, if it was opened.
    public mutating func append(_ linked: LinkedAuditRecord, content: [UInt8]?) {
        var line = JSONWriter(capacity: 1024)
        line.beginObject()
        line.member("type", "record")
        line.key("seq")
        line.integer(linked.link.sequence)
        line.member("hash", Base64URL.encode(linked.link.hash))
        line.member("id", linked.link.record.description)
        if let record = linked.record { Self.write(record, content, to: &line) }
        line.endObject()
        bytes += line.bytes
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func write(_ record: StoredAuditRecord, _ content: [UInt8]?, to line: inout JSONWriter) {
        line.member("tenant", record.tenant.description)
        line.member("actor", record.actor)
        line.member("action", record.action)
        line.member("resource_type", record.resource.kind)
        line.member("resource_id", record.resource.id)
        line.member("outcome", record.outcome)
        switch record.content {
        case .plain(let text): line.member("plain", text)
        case .sealed(let sealed, let digest):
            line.member("sealed", Base64URL.encode(sealed.bytes))
            line.member("content_digest", Base64URL.encode(digest))
        }
        line.member("address", record.origin.address)
        line.member("user_agent", record.origin.userAgent)
        line.member("request_id", record.origin.requestID)
        line.member("trace_id", record.origin.traceID)
        line.member("occurred_at", record.occurredAt.description)
        if case .sealed = record.content, let content {
            line.member("content", String(decoding: content, as: UTF8.self))
        }
    }

    public mutating func append(_ head: AuditHead) {
        var line = JSONWriter(capacity: 512)
        line.beginObject()
        line.member("type", "head")
        line.key("seq")
        line.integer(head.sequence)
        line.member("hash", Base64URL.encode(head.hash))
        line.member("tenant", head.place.tenant.description)
        line.member("chain", head.place.name)
        line.member("made_at", head.madeAt.description)
        line.member("signed", head.signed)
        line.endObject()
        bytes += line.bytes
        bytes.append(UInt8(ascii: "\n"))
    }
}

extension JSONWriter {
    /// Null if there is no value.
    fileprivate mutating func member(_ name: String, _ text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }
}
