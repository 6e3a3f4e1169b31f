internal import TenonDomain

/// The stores of one tenant over a runner.
struct PostgresStores: Stores {
    /// Over what holds the tenant's rows.
    let scope: PostgresScope
    /// Runs in the shared database, where the tenant itself and its keys are kept. The same runner for a tenant of the
    /// shared database; for others outside of the transaction.
    let registry: any StatementRunner
    /// Nil where the tenant's rows stand in the shared database for certain.
    let router: PostgresRouter?
    let schemas: StoredSchemas
    let heavy: (any HeavyWork)?
    let pending: PendingRecords?

    private var runner: any StatementRunner { scope.runner }
    private var tenant: TenantID { scope.tenant }

    var tenants: any TenantStore {
        PostgresTenantStore(
            scope: PostgresScope(runner: registry, tenant: tenant, digests: scope.digests, directory: nil))
    }
    var users: any UserStore { PostgresUserStore(scope: scope) }
    var sessions: any SessionStore { PostgresSessionStore(scope: scope) }
    var configuration: any ConfigStore {
        PostgresConfigStore(scope: scope, schemas: schemas, pending: pending)
    }
    var sso: any SSOConnectionStore { PostgresSSOConnectionStore(scope: scope) }
    var dataKeys: any DataKeys { PostgresDataKeyStore(runner: registry) }
    var tenantDatabases: any TenantDatabases { PostgresTenantDatabases(runner: registry, tenant: tenant) }
    var access: any AccessStore {
        PostgresAccessStore(registry: registry, runner: runner, tenant: tenant, heavy: heavy)
    }
    var passwordResets: any PasswordResetStore { PostgresPasswordResetStore(scope: scope) }
    var apiKeys: any APIKeyStore { PostgresAPIKeyStore(scope: scope) }
    var auditLog: any AuditLog {
        PostgresAuditLog(runner: runner, registry: registry, router: router, tenant: tenant)
    }
    var policies: any PolicyStore { PostgresPolicyStore(scope: scope) }
}
