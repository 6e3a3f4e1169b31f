internal import TenonApplication
internal import TenonDomain

extension EndpointCatalog {
    mutating func addAudit(_ useCases: AuditUseCases, paging: Paging) {
        add(ListAuditRecordsEndpoint(useCases.listAuditRecords, paging: paging))
        add(VerifyAuditLogEndpoint(useCases.verifyAuditLog))
        add(ExportAuditLogEndpoint(useCases.exportAuditLog))
        add(ListAuditKeysEndpoint(useCases.listAuditKeys))
    }
}
