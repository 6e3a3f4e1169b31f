internal import TenonApplication
internal import TenonDomain
internal import TenonKit

/// Tenants as an operator names them at the command line.
struct OperatorTenants {
    private let transactions: any Transactions
    private let directory: any Directory
    private let core: Core

    init(_ storage: Storage, _ keyring: Keyring, _ core: Core) {
        transactions = storage.transactions(keyring, core)
        directory = storage.directory(digests: keyring.digests)
        self.core = core
    }

    /// The tenant with this slug or id; `tenantNotFound` where there is none.
    func tenant(_ name: String) async throws(Failure) -> Tenant {
        if let id = try await id(name), let tenant = try await transactions.reads(in: id).tenants.tenant(id) {
            return tenant
        }
        throw Failure(.tenantNotFound, "There is no tenant \(name).")
    }

    /// The same tenant's id. The platform itself has one too: its administrators' answers are sealed.
    func id(of name: String) async throws(Failure) -> TenantID {
        TenantID(name) == .platform ? .platform : try await tenant(name).id
    }

    /// Records what the operator did to a tenant, in its own audit log.
    func note(_ kind: EventKind, on tenant: TenantID, _ details: [String: JSONValue]) async throws(Failure) {
        try await transactions.write(in: tenant, as: .commandLine(core)) { work throws(Failure) in
            work.record(DomainEvent(kind, on: .tenant(tenant), details))
            work.accessChanged(.tenant(tenant))
        }
    }

    private func id(_ name: String) async throws(Failure) -> TenantID? {
        if let id = TenantID(name) { return id }
        guard let slug = try? TenantSlug(name) else { return nil }
        return try await directory.tenant(slug)
    }
}
