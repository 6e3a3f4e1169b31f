internal import TenonApplication
internal import TenonDomain
internal import TenonKit
internal import TenonService

/// Finds the tenants that an operator names on the command line.
struct OperatorTenants {
    private let transactions: any Transactions
    private let directory: any Directory
    private let caller: Caller

    init(_ tenon: Tenon) {
        transactions = tenon.parts.ports.transactions
        directory = tenon.parts.directory
        caller = .commandLine(tenon)
    }

    /// The tenant with this slug or id. Fails with `tenantNotFound`.
    func tenant(_ name: String) async throws(Failure) -> Tenant {
        if let id = try await id(name), let tenant = try await transactions.reads(in: id).tenants.tenant(id) {
            return tenant
        }
        throw Failure(.tenantNotFound, "No tenant has the slug or id \(name).")
    }

    /// The same tenant's id. The platform has one too, because its administrators' responses are sealed.
    func id(of name: String) async throws(Failure) -> TenantID {
        TenantID(name) == .platform ? .platform : try await tenant(name).id
    }

    /// Records an operator's change to a tenant in the tenant's audit log.
    func note(_ kind: EventKind, on tenant: TenantID, _ details: [String: JSONValue]) async throws(Failure) {
        try await transactions.write(in: tenant, as: caller) { work throws(Failure) in
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
