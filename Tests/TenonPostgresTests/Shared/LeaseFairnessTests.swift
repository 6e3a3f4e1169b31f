import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonPostgres

/// Two tenants on one database, one of which writes all that it can while its rows are locked.
@Suite("A tenant that holds its writers up") struct LeaseFairnessTests {
    private static let leases = 4

    /// Writes a revision of the namespace, in the line of its writers.
    private func revise(_ namespace: Namespace, in sandbox: TenantSandbox) async throws(Failure) {
        let caller = sandbox.caller(namespace.tenant)
        try await sandbox.transactions.write(for: caller, revising: namespace.id) { work throws(Failure) in
            let standing = try await work.configuration.revise(namespace.id, keys: []).namespace
            guard
                let changed = standing.changed(
                    description: .absent, requiresIfMatch: !standing.requiresIfMatch, at: standing.updatedAt)
            else { throw .bug("nothing changed") }
            try await work.configuration.save(changed.0)
        }
    }

    /// The body, while another session holds the tenant's namespaces.
    private func whileLocked(
        _ tenant: TenantID, in sandbox: TenantSandbox, _ body: () async throws -> Void
    ) async throws {
        let script = try await PostgresScript.open(PostgresConfiguration(parameters: sandbox.parameters))
        _ = try await script.run("BEGIN")
        _ = try await script.run(
            "SELECT FROM tenon.namespaces WHERE tenant_id = '\(TestCluster.uuid(tenant))' FOR UPDATE")
        try await body()
        _ = try await script.run("ROLLBACK")
    }

    @Test("writers of one namespace wait for one another without leases, and a cancelled one leaves the line")
    func oneNamespace() async throws {
        try await TenantSandbox.use(limits: PostgresLimits(pipelineConnections: 1, leases: Self.leases)) { sandbox in
            let (one, two): (TenantID, TenantID) = (sandbox.ids.next(), sandbox.ids.next())
            let namespace = try await sandbox.write(one, "contested")
            var writers: [Task<Failure?, Never>] = []
            try await whileLocked(one, in: sandbox) {
                writers = (0..<18).map { _ in
                    Task { await failure { () async throws(Failure) in try await revise(namespace, in: sandbox) } }
                }
                try await until("16 that wait") { sandbox.database.namespaceTurns.waiting == 16 }
                try await until("two leases") { sandbox.database.leases.counts.waiting == 0 }
                let counts = sandbox.database.leases.counts
                #expect(counts.connections - counts.idle <= 2)
                try await sandbox.write(two, "quiet")
                writers[17].cancel()
                writers[16].cancel()
                try await until("14 that wait") { sandbox.database.namespaceTurns.waiting <= 14 }
            }
            var outcomes: [Failure?] = []
            for writer in writers { outcomes.append(await writer.value) }
            #expect(outcomes.filter { $0 == nil }.count == 16)
            #expect(outcomes.compactMap { $0?.code } == [.cancelled, .cancelled])
            #expect(sandbox.database.namespaceTurns.waiting == 0)
            let revision = try await sandbox.transactions.reads(in: one).configuration.namespace(namespace.id).revision
            #expect(revision == namespace.revision + 16)
        }
    }

    @Test("writers of many namespaces take half of the leases, and another tenant writes at once")
    func manyNamespaces() async throws {
        try await TenantSandbox.use(limits: PostgresLimits(pipelineConnections: 1, leases: Self.leases)) { sandbox in
            let (one, two): (TenantID, TenantID) = (sandbox.ids.next(), sandbox.ids.next())
            var namespaces: [Namespace] = []
            for number in 0..<8 { namespaces.append(try await sandbox.write(one, "n\(number)")) }
            var writers: [Task<Failure?, Never>] = []
            try await whileLocked(one, in: sandbox) {
                writers = namespaces.map { namespace in
                    Task { await failure { () async throws(Failure) in try await revise(namespace, in: sandbox) } }
                }
                try await until("6 that wait") { sandbox.database.leases.counts.waiting == 6 }
                let counts = sandbox.database.leases.counts
                #expect(counts.connections - counts.idle == Self.leases / 2)
                for number in 0..<5 { try await sandbox.write(two, "quiet\(number)") }
                #expect(sandbox.database.leases.counts.waiting == 6)
            }
            for writer in writers { #expect(await writer.value == nil) }
        }
    }
}
