internal import TenonKit
internal import TenonPolicy

/// The stores of all contexts, bound to one tenant. The tenant is guarded twice: stores name it in every
/// statement, and the database refuses rows of another.
public protocol Stores: Sendable {
    var tenants: any TenantStore { get }
    var users: any UserStore { get }
    var sessions: any SessionStore { get }
    var configuration: any ConfigStore { get }
    var sso: any SSOConnectionStore { get }
    var dataKeys: any DataKeys { get }
    var access: any AccessStore { get }
    var passwordResets: any PasswordResetStore { get }
    var apiKeys: any APIKeyStore { get }
    var auditLog: any AuditLog { get }
    var policies: any PolicyStore { get }
    var tenantDatabases: any TenantDatabases { get }
}

/// One transaction: all of its changes or none.
public protocol UnitOfWork: Stores {
    /// Answers that are kept for repeats of their requests.
    var replies: any ReplyStore { get }

    /// Puts the event into the outbox and the audit log, in this transaction.
    func record(_ event: DomainEvent)

    /// Puts it into the audit log alone: reads of secrets, refusals.
    func audit(_ event: DomainEvent, _ outcome: AuditOutcome)

    /// Makes void what the subject's credentials were: with the commit for this process, within a second for the others.
    /// Of a user, tokens that say `epoch` or later stay good.
    func accessChanged(_ subject: AccessSubject, epoch: Int64)
}

extension UnitOfWork {
    public func accessChanged(_ subject: AccessSubject) {
        accessChanged(subject, epoch: AccessChange.always)
    }
}

/// Opens transactions.
///
/// Obligations, each with a contract test: a body that throws leaves nothing behind; a commit that fails is
/// reported as failed; one tenant never sees another's rows; of racing writers to one key exactly one wins.
public protocol Transactions: Sendable {
    /// Stores for reads, each read a statement and a transaction of its own.
    func reads(in tenant: TenantID) -> any Stores

    /// Runs the body in one transaction of the tenant and commits it. The body may run again after a
    /// collision with another transaction, so it has no effects but on the unit of work; remote calls stay
    /// outside. Fails with what the body throws, `tooMuchContention`, or `serviceUnavailable`.
    func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result

    /// The same for a body that revises the namespace: writers of one namespace wait for one another before they take
    /// what writers of others need. Nil is no namespace.
    func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller, revising namespace: NamespaceID?,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result
}

extension Transactions {
    /// Where there is nothing to wait for.
    public func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller, revising namespace: NamespaceID?,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await write(in: tenant, as: caller, body)
    }

    /// Reads for a caller that has a tenant; else `notAuthenticated`.
    public func reads(for caller: Caller) throws(Failure) -> any Stores {
        reads(in: try caller.requireTenant())
    }

    /// Writes for a caller that has a tenant; else `notAuthenticated`. Part of the caller's transaction where it brings
    /// one.
    public func write<Result: Sendable>(
        for caller: Caller, revising namespace: NamespaceID? = nil,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let tenant = try caller.requireTenant()
        if let transaction = caller.transaction { return try await body(transaction) }
        return try await write(in: tenant, as: caller, revising: namespace, body)
    }
}
