/// Opens for reads the stores that a use case names, and no others: `Reads<any HasUsers & HasSessions>`. A use case that
/// holds nothing else changes nothing.
public struct Reads<Visible>: Sendable {
    private let open: @Sendable (TenantID) -> Visible

    /// `view` is `{ $0 }`: the compiler checks that it shows no more than `Visible`.
    public init(_ transactions: any Transactions, _ view: @escaping @Sendable (any Stores) -> Visible) {
        open = { view(transactions.reads(in: $0)) }
    }

    /// Stores of the tenant. Each read is a statement and a transaction of its own.
    public func `in`(_ tenant: TenantID) -> Visible { open(tenant) }

    /// Stores of the caller's tenant; `notAuthenticated` for a caller without one.
    public func `for`(_ caller: Caller) throws(Failure) -> Visible { open(try caller.requireTenant()) }
}

/// Opens transactions in which a use case sees the stores that it names, and no others:
/// `Writes<any HasUsers & RecordsEvents>`.
public struct Writes<Visible>: Sendable {
    private let transactions: any Transactions
    private let view: @Sendable (any UnitOfWork) -> Visible
    private var joined: OpenTransaction?

    /// `view` is `{ $0 }`: the compiler checks that it shows no more than `Visible`.
    public init(_ transactions: any Transactions, _ view: @escaping @Sendable (any UnitOfWork) -> Visible) {
        self.transactions = transactions
        self.view = view
    }

    /// The same, whose `write(for:)` becomes part of an open transaction of the caller's tenant.
    public func joining(_ transaction: OpenTransaction) -> Writes {
        var writes = self
        writes.joined = transaction
        return writes
    }

    /// As `Transactions.write` does.
    public func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller, revising namespace: NamespaceID? = nil,
        _ body: @Sendable (Visible) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await transactions.write(in: tenant, as: caller, revising: namespace) { work throws(Failure) in
            try await body(view(work))
        }
    }

    /// In the caller's tenant, or in the transaction that this joins; `notAuthenticated` for a caller without a tenant.
    public func write<Result: Sendable>(
        for caller: Caller, revising namespace: NamespaceID? = nil,
        _ body: @Sendable (Visible) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let tenant = try caller.requireTenant()
        if let joined { return try await body(view(joined.work)) }
        return try await write(in: tenant, as: caller, revising: namespace, body)
    }
}

/// A transaction that other use cases can join: that of a request with an idempotency key.
public struct OpenTransaction: Sendable {
    let work: any UnitOfWork

    public init(_ work: any UnitOfWork) {
        self.work = work
    }
}
