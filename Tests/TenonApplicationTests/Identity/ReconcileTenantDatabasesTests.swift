import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TestSupport
import Testing

@Suite struct ReconcileTenantDatabasesTests {
    @Test("a request becomes a database, and the tenant is in use from the commit that says so")
    func provision() async throws {
        let fixture = try await Fixture()
        let done = try await fixture.reconcile.execute()
        #expect(done?.state == .ready)
        #expect(done?.schemaVersion == 7)
        #expect(fixture.cluster.steps == ["create", "migrate", "seed"])
        #expect(try await fixture.tenant()?.status == .active)
        #expect(try await fixture.tenant()?.version == 2)
        #expect(fixture.memory.auditRecords.map(\.action) == ["identity.tenant_provisioned"])
        #expect(try await fixture.reconcile.execute() == nil)
    }

    @Test(
        "a process that dies at any step leaves it to the next, which makes everything once",
        arguments: ["create", "migrate", "seed"], [true, false])
    func killed(step: String, behindIt: Bool) async throws {
        let fixture = try await Fixture()
        fixture.cluster.dieAt(step, behindIt: behindIt)
        let dead = Task { try await fixture.reconcile.execute() }
        await fixture.cluster.untilDead()
        // Nobody else has it before its time is over, and what it is at can be seen.
        #expect(try await fixture.reconcile.execute() == nil)
        let seen = try #require(try await fixture.database())
        #expect(seen.state.rawValue == ["create": "creating", "migrate": "migrating", "seed": "seeding"][step])
        #expect(try await fixture.tenant()?.status == .provisioning)
        fixture.clock.advance(by: .seconds(121))
        #expect(try await fixture.reconcile.execute()?.state == .ready)
        #expect(fixture.cluster.made == ["create", "migrate", "seed"])
        #expect(try await fixture.tenant()?.status == .active)
        // The dead one comes back, late: it changes nothing.
        fixture.cluster.resurrect()
        _ = try await dead.value
        #expect(try await fixture.database()?.state == .ready)
        #expect(fixture.memory.auditRecords.count == 1)
    }

    @Test("a step that fails says why, and is tried again after a growing while")
    func failing() async throws {
        let fixture = try await Fixture()
        fixture.cluster.failures.withLock { $0 = 2 }
        let failed = try await fixture.reconcile.execute()
        #expect(failed?.state == .failed)
        #expect(failed?.lastError == "Grant it CREATEDB.")
        #expect(try await fixture.reconcile.execute() == nil)
        fixture.clock.advance(by: .seconds(1))
        #expect(try await fixture.reconcile.execute()?.state == .failed)
        fixture.clock.advance(by: .seconds(1))
        #expect(try await fixture.reconcile.execute() == nil)
        fixture.clock.advance(by: .seconds(1))
        let done = try await fixture.reconcile.execute()
        #expect(done?.state == .ready)
        #expect(done?.lastError == nil)
    }

    @Test("one that is to go is removed, from whatever state it has", arguments: TenantDatabase.State.allCases)
    func removal(state: TenantDatabase.State) async throws {
        let fixture = try await Fixture()
        try await fixture.move { $0.reached(state, at: fixture.clock.now()) }
        try await fixture.move { $0.condemned(at: fixture.clock.now()) }
        let done = try await fixture.reconcile.execute()
        #expect(try await fixture.database()?.state == .dropped)
        #expect(done?.state == (state == .dropped ? nil : .dropped))
        #expect(fixture.cluster.steps == (state == .dropped ? [] : ["drop"]))
    }

    @Test("one that is condemned while it is made is not brought back")
    func condemnedMeanwhile() async throws {
        let fixture = try await Fixture()
        fixture.cluster.dieAt("migrate", behindIt: false)
        let maker = Task { try await fixture.reconcile.execute() }
        await fixture.cluster.untilDead()
        try await fixture.move { $0.condemned(at: fixture.clock.now()) }
        fixture.cluster.resurrect()
        _ = try await maker.value
        #expect(try await fixture.database()?.state == .dropping)
        #expect(try await fixture.reconcile.execute() == nil)
        fixture.clock.advance(by: .seconds(121))
        #expect(try await fixture.reconcile.execute()?.state == .dropped)
        #expect(try await fixture.tenant()?.status == .provisioning)
    }
}

private struct Fixture {
    let clock = ManualClock()
    let memory: MemoryTransactions
    let cluster = FakeCluster()
    let reconcile: ReconcileTenantDatabases
    private let id: TenantID

    init() async throws {
        let ids = Identifiers(clock: clock, randomness: SystemRandomness())
        memory = MemoryTransactions(clock: clock, identifiers: ids)
        id = ids.next()
        reconcile = ReconcileTenantDatabases(
            queue: MemoryTenantDatabaseQueue(memory), cluster: cluster, registry: memory, seeds: [cluster], clock: clock
        )
        let now = clock.now()
        let tenant = Tenant.register(
            id: id, slug: try TenantSlug("acme"), name: try DisplayName("Acme"), plan: .starter, isolation: .database,
            at: now
        ).0
        try await memory.write(in: id, as: caller) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.tenantDatabases.request(at: now)
        }
    }

    private var caller: Caller { Caller(.system(job: "test", tenant: id), from: Origin(requestID: "test")) }

    func tenant() async throws -> Tenant? { try await memory.reads(in: id).tenants.tenant(id) }
    func database() async throws -> TenantDatabase? { try await memory.reads(in: id).tenantDatabases.database() }

    func move(_ change: @Sendable (TenantDatabase) -> TenantDatabase) async throws {
        _ = try await memory.write(in: id, as: caller) { work throws(Failure) in
            guard let old = try await work.tenantDatabases.database() else { return false }
            return try await work.tenantDatabases.replace(old, by: change(old))
        }
    }
}

/// A cluster on which a process can die at a step: it stands still there, before or behind its effect.
private final class FakeCluster: TenantDatabaseCluster, TenantSeed {
    private struct State {
        var steps: [String] = []
        /// What exists; making it again adds nothing.
        var made: [String] = []
        var deadly: (step: String, behindIt: Bool)?
        var isDead = false
        var isAwake = false
    }

    private let state = Mutex(State())
    let failures = Mutex(0)

    var steps: [String] { state.withLock { $0.steps } }
    var made: [String] { state.withLock { $0.made } }

    func dieAt(_ step: String, behindIt: Bool) { state.withLock { $0.deadly = (step, behindIt) } }
    func resurrect() { state.withLock { $0.isAwake = true } }
    func untilDead() async { while !state.withLock({ $0.isDead }) { await Task.yield() } }

    func create(_ name: String) async throws(Failure) {
        let fails = failures.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw Failure(.tenantDatabaseUnavailable, "Grant it CREATEDB.") }
        await take("create")
    }

    func migrate(_ name: String) async throws(Failure) -> Int64 {
        await take("migrate")
        return 7
    }

    func seed(_ tenant: TenantID) async throws(Failure) { await take("seed") }

    func drop(_ name: String, of tenant: TenantID) async throws(Failure) { await take("drop") }

    private func take(_ step: String) async {
        await dieIfDue(step, behindIt: false)
        state.withLock { state in
            state.steps.append(step)
            if !state.made.contains(step) { state.made.append(step) }
        }
        await dieIfDue(step, behindIt: true)
    }

    private func dieIfDue(_ step: String, behindIt: Bool) async {
        let isDue = state.withLock { state in
            guard let deadly = state.deadly, deadly == (step, behindIt) else { return false }
            state.deadly = nil
            state.isDead = true
            return true
        }
        guard isDue else { return }
        while !state.withLock({ $0.isAwake }) { await Task.yield() }
    }
}
