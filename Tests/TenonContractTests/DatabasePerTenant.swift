import TenonDomain
import TestSupport

/// Transactions in which every tenant has a database of its own from its first write on.
struct DatabasePerTenant: Transactions {
    let transactions: any Transactions
    let shared: SharedDatabase

    func reads(in tenant: TenantID) -> any Stores {
        transactions.reads(in: tenant)
    }

    func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await shared.provide(tenant)
        return try await transactions.write(in: tenant, as: caller, body)
    }
}

/// Gives each tenant its database once.
actor SharedDatabase {
    private let parameters: [(String, String)]
    private var provided: [TenantID: Task<Void, any Error>] = [:]

    init(_ parameters: [(String, String)]) {
        self.parameters = parameters
    }

    func provide(_ tenant: TenantID) async throws(Failure) {
        guard tenant != .platform else { return }
        if provided[tenant] == nil {
            provided[tenant] = Task { [parameters] in
                try await TestCluster.giveDatabase(to: tenant, beside: parameters)
            }
        }
        do {
            try await provided[tenant]?.value
        } catch {
            throw .bug("\(error)")
        }
    }
}
