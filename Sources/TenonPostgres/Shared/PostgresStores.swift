internal import TenonDomain

/// The stores of one tenant over a runner.
struct PostgresStores: Stores {
    /// Where the tenant's rows stand.
    let runner: any StatementRunner
    /// Runs in the shared database, where the tenant itself and its keys are kept. The same runner for a tenant of the
    /// shared database; for others outside of the transaction.
    let registry: any StatementRunner
    /// Nil where the tenant's rows stand in the shared database for certain.
    let router: PostgresRouter?
    let tenant: TenantID
    let digests: any KeyedDigests
    let schemas: StoredSchemas
    let heavy: (any HeavyWork)?
    let pending: PendingRecords?
    let directory: DirectoryWriter?

    var tenants: any TenantStore { PostgresTenantStore(runner: registry, tenant: tenant, digests: digests) }
    var users: any UserStore {
        PostgresUserStore(runner: runner, tenant: tenant, digests: digests, directory: directory)
    }
    var sessions: any SessionStore { PostgresSessionStore(runner: runner, tenant: tenant) }
    var configuration: any ConfigStore {
        PostgresConfigStore(runner: runner, tenant: tenant, schemas: schemas, pending: pending)
    }
    var sso: any SSOConnectionStore {
        PostgresSSOConnectionStore(runner: runner, tenant: tenant, digests: digests, directory: directory)
    }
    var dataKeys: any DataKeys { PostgresDataKeyStore(runner: registry) }
    var tenantDatabases: any TenantDatabases { PostgresTenantDatabases(runner: registry, tenant: tenant) }
    var access: any AccessStore {
        PostgresAccessStore(registry: registry, runner: runner, tenant: tenant, heavy: heavy)
    }
    var passwordResets: any PasswordResetStore { PostgresPasswordResetStore(runner: runner, tenant: tenant) }
    var apiKeys: any APIKeyStore {
        PostgresAPIKeyStore(runner: runner, tenant: tenant, digests: digests, directory: directory)
    }
    var auditLog: any AuditLog {
        PostgresAuditLog(runner: runner, registry: registry, router: router, tenant: tenant)
    }
    var policies: any PolicyStore { PostgresPolicyStore(runner: runner, tenant: tenant) }
}
