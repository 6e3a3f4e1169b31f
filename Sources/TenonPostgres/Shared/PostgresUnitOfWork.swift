internal import TenonDomain

/// The stores of a transaction, and what its commit records.
struct PostgresUnitOfWork: UnitOfWork {
    let stores: PostgresStores
    let pending: PendingRecords

    var replies: any ReplyStore { PostgresReplyStore(runner: stores.scope.runner, tenant: stores.scope.tenant) }

    var tenants: any TenantStore { stores.tenants }
    var users: any UserStore { stores.users }
    var sessions: any SessionStore { stores.sessions }
    var configuration: any ConfigStore { stores.configuration }
    var sso: any SSOConnectionStore { stores.sso }
    var dataKeys: any DataKeys { stores.dataKeys }
    var tenantDatabases: any TenantDatabases { stores.tenantDatabases }
    var access: any AccessStore { stores.access }
    var passwordResets: any PasswordResetStore { stores.passwordResets }
    var apiKeys: any APIKeyStore { stores.apiKeys }
    var auditLog: any AuditLog { stores.auditLog }
    var policies: any PolicyStore { stores.policies }

    func record(_ event: DomainEvent) {
        pending.record(event)
    }

    func audit(_ event: DomainEvent, _ outcome: AuditOutcome) {
        pending.audit(event, outcome)
    }

    func accessChanged(_ subject: AccessSubject, epoch: Int64) {
        pending.accessChanged(subject, epoch: epoch)
    }
}
