/// Threads for work that may compute for long, such as compiling a policy, so that it holds up nothing else.
public protocol HeavyWork: Sendable {
    /// Runs the tenant's jobs when it is its turn; nil is the tenant of all who have not signed in.
    func executor(for tenant: TenantID?) -> any TaskExecutor
}
