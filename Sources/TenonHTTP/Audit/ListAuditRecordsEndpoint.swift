internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /audit-logs`
struct ListAuditRecordsEndpoint: Endpoint {
    static let operation = Operation(
        "listAuditRecords", .get, "/audit-logs", tag: "Audit", summary: "List audit records, newest first",
        description: """
            `seq` and `hash` are the record's position in the tenant's hash chain; null for about a second until the record is linked. A secret's value appears in `before` and `after` as a keyed digest. `details`, `before` and `after` are null if the caller may not see them, or if they can no longer be decrypted.
            """,
        access: .permission(ListAuditRecords.permission),
        query: Paging.parameters + [AuditQuery.tenant] + AuditQuery.filters, failures: [.tenantNotFound], isHeavy: true)

    private let records: ListAuditRecords
    private let paging: Paging

    init(_ records: ListAuditRecords, paging: Paging) {
        self.records = records
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<AuditRecordReply>> {
        let own = try request.caller.requireTenant()
        let tenant = try AuditQuery.tenant(of: request.query) ?? own
        let filter = try AuditQuery.filter(of: request.query)
        let named = AuditQuery.filters.map { filter in
            request.query.text(filter.name).map { "\($0.utf8.count):\($0)" } ?? "-"
        }
        let list = "audit/\(tenant)/\(named.joined(separator: "/"))"
        let wanted = try paging.request(request.query, of: list)
        let page = try await records.execute(
            ListAuditRecords.Input(tenant: tenant, filter: filter, page: wanted), as: request.caller)
        return Answer(
            paging.reply(page, for: wanted, of: list, as: AuditRecordReply.init(view:)), caching: .none)
    }
}
