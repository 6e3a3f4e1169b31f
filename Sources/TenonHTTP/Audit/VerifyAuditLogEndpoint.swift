internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /audit-logs/verify`
struct VerifyAuditLogEndpoint: Endpoint {
    static let operation = Operation(
        "verifyAuditLog", .get, "/audit-logs/verify", tag: "Audit", summary: "Verify the audit log",
        description: """
            Recomputes the tenant's hash chain from the link `from`, up to 50,000 links, and compares it with the stored records, links and signed heads. `next` is the `from` of the next call; null at the end and after a problem. `finding` is the first problem.
            """,
        access: .permission(VerifyAuditLog.permission),
        query: [
            AuditQuery.tenant, AuditQuery.sequence("from", "The first link, from 1.", from: 1),
            AuditQuery.sequence("to", "The last link.", from: 1),
        ], failures: [.tenantNotFound], isHeavy: true)

    struct Reply: ReplyBody {
        let output: VerifyAuditLog.Output

        func write(to fields: inout FieldWriter) {
            fields.field("valid", output.finding == nil)
            fields.field("tenant_id", output.tenant)
            fields.field("from", output.from)
            fields.field("to", output.to)
            fields.field("records", output.records)
            fields.field("heads", Int64(output.heads))
            fields.field("finding", output.finding.map(AuditFindingReply.init(finding:)))
            fields.field("next", output.next)
            fields.field("newest_head", output.newestHead.map(AuditHeadReply.init(head:)))
        }

        static var example: Reply {
            Reply(
                output: VerifyAuditLog.Output(
                    tenant: .example, from: 1, to: 42, records: 42, heads: 3, finding: nil, next: nil,
                    newestHead: AuditHeadReply.example.head))
        }
    }

    private let verify: VerifyAuditLog

    init(_ verify: VerifyAuditLog) {
        self.verify = verify
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        let input = VerifyAuditLog.Input(
            tenant: try AuditQuery.tenant(of: request.query),
            from: try AuditQuery.sequence(request.query, "from", from: 1),
            to: try AuditQuery.sequence(request.query, "to", from: 1))
        return Answer(Reply(output: try await verify.execute(input, as: request.caller)), caching: .none)
    }
}
