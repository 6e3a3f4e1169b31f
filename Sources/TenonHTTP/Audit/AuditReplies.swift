internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

struct AuditRecordReply: ReplyBody {
    let view: AuditView

    func write(to fields: inout FieldWriter) {
        let record = view.record
        fields.field("id", record.id)
        fields.field("seq", view.link?.sequence)
        fields.field("hash", view.link.map { Base64URL.encode($0.hash) })
        fields.field("tenant_id", record.tenant)
        fields.field("actor", record.actor)
        fields.field("action", record.action)
        fields.field("resource_type", record.resource.kind)
        fields.field("resource_id", record.resource.id)
        fields.field("outcome", record.outcome)
        fields.field("details", view.content.map { Self.object($0.details) })
        fields.field("before", view.content.map { Self.object($0.change.before) })
        fields.field("after", view.content.map { Self.object($0.change.after) })
        fields.field("omitted_changes", view.content.map { Int64($0.change.omitted) })
        fields.field("address", record.origin.address)
        fields.field("user_agent", record.origin.userAgent)
        fields.field("request_id", record.origin.requestID)
        fields.field("trace_id", record.origin.traceID)
        fields.field("occurred_at", record.occurredAt)
    }

    private static func object(_ members: [String: JSONValue]) -> JSONObject {
        JSONValue.members(members).objectValue ?? JSONObject()
    }

    static var example: AuditRecordReply {
        AuditRecordReply(
            view: AuditView(
                record: StoredAuditRecord(
                    id: .example, tenant: .example, actor: UserID.example.description, action: "namespace.updated",
                    resource: Namespace.example.reference, outcome: AuditOutcome.success.rawValue,
                    content: .plain("{}"),
                    origin: Origin(
                        address: "192.0.2.7", userAgent: "curl/8.5.0", requestID: "req_0",
                        traceID: "4bf92f3577b34da6a3ce929d0e0e4736"),
                    occurredAt: .example),
                link: AuditLink(sequence: 42, record: .example, hash: [UInt8](repeating: 7, count: 32)),
                content: AuditContent(
                    details: ["revision": 2],
                    change: ResourceChange(before: ["description": .null], after: ["description": "Production"]))))
    }
}

struct AuditHeadReply: ReplyBody {
    let head: AuditHead

    func write(to fields: inout FieldWriter) {
        fields.field("chain", head.place.name)
        fields.field("seq", head.sequence)
        fields.field("hash", Base64URL.encode(head.hash))
        fields.field("made_at", head.madeAt)
        fields.field("signed", head.signed)
    }

    static var example: AuditHeadReply {
        AuditHeadReply(
            head: AuditHead(
                place: .shared(.example), sequence: 42, hash: [UInt8](repeating: 7, count: 32), madeAt: .example,
                signed: "eyJhbGciOiJFZDI1NTE5In0.e30.c2lnbmF0dXJl"))
    }
}

struct AuditFindingReply: ReplyBody {
    let finding: AuditFinding

    func write(to fields: inout FieldWriter) {
        fields.field("kind", finding.kind.rawValue)
        fields.field("seq", finding.sequence)
        fields.field("record_id", finding.record?.description)
    }

    static var example: AuditFindingReply {
        AuditFindingReply(finding: AuditFinding(.wrongHash, at: 42, record: .example))
    }
}
