/// Threads for long computations, such as compiling a policy, so that they do not delay other work.
public protocol HeavyWork: Sendable {
    /// Runs the tenant's jobs in turn with other tenants'; nil means all unauthenticated callers.
    func executor(for tenant: TenantID?) -> any TaskExecutor
}
