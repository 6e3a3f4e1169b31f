/// Every store of every context, bound to one tenant: what an adapter family provides. A use case names those that it
/// needs, such as `Reads<any HasUsers & HasSessions>`. The tenant is guarded twice: stores name it in every statement,
/// and the database refuses rows of another.
public protocol Stores:
    HasTenants, HasUsers, HasSessions, HasConfiguration, HasSSO, HasDataKeys, HasAccess, HasPasswordResets, HasAPIKeys,
    HasAuditLog, HasPolicies, HasTenantDatabases
{}

/// What a transaction records beside the rows of its stores.
public protocol RecordsEvents: Sendable {
    /// Puts the event into the outbox and the audit log, in this transaction.
    func record(_ event: DomainEvent)

    /// Puts the event into the audit log alone: reads of secrets, refusals.
    func audit(_ event: DomainEvent, _ outcome: AuditOutcome)

    /// Invalidates the subject's credentials: with the commit for this process, within a second for the others. Of a
    /// user, tokens of `epoch` or later stay valid.
    func accessChanged(_ subject: AccessSubject, epoch: Int64)
}

extension RecordsEvents {
    public func accessChanged(_ subject: AccessSubject) {
        accessChanged(subject, epoch: AccessChange.always)
    }
}

/// One transaction: all of its changes or none.
public protocol UnitOfWork: Stores, HasReplies, RecordsEvents {}

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

    /// Writes for a caller that has a tenant; else `notAuthenticated`.
    public func write<Result: Sendable>(
        for caller: Caller, revising namespace: NamespaceID? = nil,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await write(in: try caller.requireTenant(), as: caller, revising: namespace, body)
    }
}
