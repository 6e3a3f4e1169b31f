/// Every store of every context, bound to one tenant: what an adapter family provides. A use case names those that it
/// needs, such as `Reads<any HasUsers & HasSessions>`. The tenant is guarded twice: stores name it in every statement,
/// and the database refuses rows of another.
public protocol Stores:
    HasTenants, HasUsers, HasSessions, HasConfiguration, HasSSO, HasDataKeys, HasAccess, HasPasswordResets, HasAPIKeys,
    HasAuditLog, HasPolicies, HasTenantDatabases
{}

/// What a transaction records beside the rows of its stores.
public protocol RecordsEvents: Sendable {
    /// Writes the event to the outbox and the audit log, in this transaction.
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
/// Requirements, each with a contract test: a body that throws changes nothing; a failed commit is reported as failed;
/// a tenant never sees another's rows; of concurrent writers to one key exactly one succeeds.
public protocol Transactions: Sendable {
    /// Stores for reads; each read is a statement and a transaction of its own.
    func reads(in tenant: TenantID) -> any Stores

    /// Runs the body in one transaction of the tenant and commits it. The body may run again after a conflict with
    /// another transaction, so it must only change the unit of work, without remote calls. Fails with the body's
    /// failure, `tooMuchContention`, or `serviceUnavailable`.
    func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result

    /// The same for a body that revises the namespace: writers of one namespace wait for one another before they take
    /// resources that others need. Nil means no namespace.
    func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller, revising namespace: NamespaceID?,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result
}

extension Transactions {
    /// Without anything to wait for.
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
