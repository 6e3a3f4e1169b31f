internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

extension ContextEndpoints {
    static let audit = ContextEndpoints(tag: "Audit") { catalog, parts in
        catalog.addAudit(parts.useCases.audit, paging: parts.paging)
    }
}

extension EndpointCatalog {
    mutating func addAudit(_ useCases: AuditUseCases, paging: Paging) {
        add(ListAuditRecordsEndpoint(useCases.listAuditRecords, paging: paging))
        add(VerifyAuditLogEndpoint(useCases.verifyAuditLog))
        add(ExportAuditLogEndpoint(useCases.exportAuditLog))
        add(ListAuditKeysEndpoint(useCases.listAuditKeys))
    }
}
