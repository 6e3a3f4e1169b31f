import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TenonService
import TestSupport
import Testing

/// The use cases of tenants on the memory adapters with real crypto, on a clock that stands still.
private struct Fixture {
    static let grace = Duration.seconds(3600)

    let clock = ManualClock()
    let ids = Identifiers.forTests()
    let memory: MemoryTransactions
    let sealer: EnvelopeSealer
    let delete: DeleteExpiredTenants
    let tenants: TenantUseCases
    let owners: AddFirstOwner

    init() async throws {
        let storage = MemoryStorage(
            ProcessDependencies(clock: clock, randomness: SystemRandomness(), identifiers: ids))
        var options = TenonOptions()
        options.plan = .starter
        options.tenantGrace = Self.grace
        let tenon = try await Tenon(on: storage, keys: .temporary, options: options)
        memory = storage.memory
        sealer = tenon.parts.keyring.sealer
        delete = tenon.parts.deleteExpiredTenants
        owners = tenon.parts.owners
        tenants = tenon.tenants
    }

    var administrator: Caller {
        Caller(.platformAdministrator(user(.platform, [.platformAdministrator])), from: .test)
    }

    func caller(_ tenant: TenantID, _ roles: Set<Role>) -> Caller {
        Caller(.user(user(tenant, roles)), from: .test)
    }

    private func user(_ tenant: TenantID, _ roles: Set<Role>) -> SignedInUser {
        SignedInUser(id: ids.next(), tenant: tenant, session: ids.next(), roles: roles)
    }

    func create(_ slug: String, isolation: TenantIsolation = .shared, owner: String? = nil) async throws -> Tenant {
        try await tenants.createTenant.execute(
            CreateTenant.Input(
                name: try DisplayName("Acme & Co."), slug: try TenantSlug(slug), isolation: isolation,
                owner: try owner.map { FirstOwner(email: try EmailAddress($0), name: try DisplayName("Ann")) }),
            as: administrator)
    }

    func actions(of tenant: TenantID) -> [String] {
        memory.auditRecords.filter { $0.tenant == tenant }.map(\.action)
    }
}

@Suite struct TenantTests {
    @Test("an administrator makes a tenant with its key and an owner who has no password yet")
    func create() async throws {
        let fixture = try await Fixture()
        let tenant = try await fixture.create("acme", owner: "ann@acme.com")
        #expect(tenant.status == .active && tenant.plan == .starter)
        let owner = try #require(
            try await fixture.memory.reads(in: tenant.id).users.user(.email(EmailAddress("ann@acme.com"))))
        #expect(owner.roles == [.owner] && owner.passwordHash == nil && owner.name.full?.text == "Ann")
        #expect(try await fixture.memory.reads(in: tenant.id).dataKeys.keys(of: tenant.id, for: .values).count == 1)
        #expect(
            fixture.actions(of: tenant.id) == [
                "identity.tenant_registered", "identity.user_registered", "identity.password_reset_requested",
            ])
        let record = try #require(fixture.memory.auditRecords.first { $0.tenant == tenant.id })
        #expect(record.actor.hasPrefix("usr_"))
        let taken = await failure { () throws(Failure) in
            try await fixture.tenants.createTenant.execute(
                CreateTenant.Input(name: tenant.name, slug: tenant.slug), as: fixture.administrator)
        }
        #expect(taken?.code == .slugTaken)
    }

    @Test("a tenant of a database of its own waits for it, and has its owner when it is there")
    func isolation() async throws {
        let fixture = try await Fixture()
        let tenant = try await fixture.create("acme", isolation: .database, owner: "ann@acme.com")
        #expect(tenant.status == .provisioning)
        let reconcile = ReconcileTenantDatabases(
            queue: MemoryTenantDatabaseQueue(fixture.memory), cluster: MemoryTenantDatabaseCluster(),
            registry: fixture.memory, seeds: [fixture.owners], clock: fixture.clock)
        func seen() async throws -> GetTenant.Output {
            try await fixture.tenants.getTenant.execute(tenant.id, as: fixture.administrator)
        }
        #expect(try await seen().database == .requested)
        #expect(try await reconcile.execute()?.state == .ready)
        #expect(try await seen().tenant.status == .active)
        #expect(try await seen().database == .ready)
        let owner = try await fixture.memory.reads(in: tenant.id).users.user(.email(EmailAddress("ann@acme.com")))
        #expect(owner?.roles == [.owner])
    }

    @Test("the first owner of a tenant whose place was made later gets an account once")
    func laterOwner() async throws {
        let fixture = try await Fixture()
        let owner = FirstOwner(email: try EmailAddress("ann@acme.com"), name: nil)
        let tenant = Tenant.register(
            id: fixture.ids.next(), slug: try TenantSlug("acme"), name: try DisplayName("Acme"), plan: .free,
            isolation: .database, firstOwner: owner, at: fixture.clock.now()
        ).0
        let dataKey = try fixture.sealer.firstKey(for: tenant.id)
        try await fixture.memory.write(in: tenant.id, as: fixture.administrator) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.dataKeys.addIfAbsent(dataKey)
        }
        for _ in 0..<2 { try await fixture.owners.execute(tenant.id) }
        let reads = fixture.memory.reads(in: tenant.id)
        #expect(try await reads.users.user(.email(owner.email))?.roles == [.owner])
        #expect(try await reads.tenants.tenant(tenant.id)?.firstOwner == nil)
        #expect(
            fixture.actions(of: tenant.id) == ["identity.user_registered", "identity.password_reset_requested"])
    }

    @Test("a tenant's own see it and name it; plan, status and other tenants are the platform's")
    func access() async throws {
        let fixture = try await Fixture()
        let tenants = fixture.tenants
        let (own, other) = (try await fixture.create("acme"), try await fixture.create("beta"))
        let owner = fixture.caller(own.id, [.owner])
        #expect(try await tenants.getTenant.execute(own.id, as: owner).tenant == own)
        #expect(try await tenants.listTenants.execute(.init(page: PageRequest()), as: owner).items == [own])
        #expect(
            try await tenants.listTenants.execute(.init(page: PageRequest()), as: fixture.administrator).items
                == [own, other])
        let named = try await tenants.updateTenant.execute(
            .init(id: own.id, name: try DisplayName("New"), if: .versions([1])), as: owner)
        #expect(named.name.text == "New" && named.version == 2)

        let member = fixture.caller(own.id, [.member])
        func refusal(_ body: () async throws(Failure) -> Tenant) async -> FailureCode? { await failure(of: body)?.code }
        let name = try DisplayName("X")
        #expect(
            await refusal { () throws(Failure) in
                try await tenants.updateTenant.execute(.init(id: own.id, name: name), as: member)
            } == .permissionDenied)
        #expect(
            await refusal { () throws(Failure) in
                try await tenants.updateTenant.execute(.init(id: own.id, plan: .enterprise), as: owner)
            } == .permissionDenied)
        #expect(
            await refusal { () throws(Failure) in
                try await tenants.updateTenant.execute(.init(id: own.id, standing: .suspended), as: owner)
            } == .permissionDenied)
        #expect(
            await refusal { () throws(Failure) in
                try await tenants.deleteTenant.execute(.init(id: own.id), as: owner)
            } == .permissionDenied)
        #expect(
            await refusal { () throws(Failure) in
                try await tenants.createTenant.execute(.init(name: name, slug: own.slug), as: owner)
            } == .permissionDenied)
        for caller in [owner, member] {
            #expect(
                await refusal { () throws(Failure) in
                    try await tenants.getTenant.execute(other.id, as: caller).tenant
                }
                    == .tenantNotFound)
        }
        #expect(
            await refusal { () throws(Failure) in
                try await tenants.deleteTenant.execute(.init(id: other.id), as: owner)
            } == .tenantNotFound)
        #expect(
            await refusal { () throws(Failure) in
                try await tenants.updateTenant.execute(
                    .init(id: own.id, name: name, if: .versions([1])), as: fixture.administrator)
            } == .preconditionFailed)
    }

    @Test("suspension and resumption are told to whoever holds access, and stand in the tenant's own log")
    func suspension() async throws {
        let fixture = try await Fixture()
        let tenant = try await fixture.create("acme")
        for standing in [UpdateTenant.Standing.suspended, .suspended, .active] {
            _ = try await fixture.tenants.updateTenant.execute(
                .init(id: tenant.id, standing: standing), as: fixture.administrator)
        }
        #expect(
            fixture.actions(of: tenant.id).dropFirst() == ["identity.tenant_suspended", "identity.tenant_resumed"])
    }

    @Test("a deleted tenant comes back within the grace; behind it its keys, rows and slug go, and the log stays")
    func deletion() async throws {
        let fixture = try await Fixture()
        let tenants = fixture.tenants
        let (tenant, other) = (
            try await fixture.create("acme", owner: "ann@acme.com"), try await fixture.create("beta")
        )
        let condemned = try await tenants.deleteTenant.execute(.init(id: tenant.id), as: fixture.administrator)
        #expect(condemned.deletesAt == fixture.clock.now() + Fixture.grace)
        #expect(try await fixture.delete.execute() == 0)
        let back = try await tenants.restoreTenant.execute(.init(id: tenant.id), as: fixture.administrator)
        #expect(back.status == .active)
        let twice = await failure { () throws(Failure) in
            try await tenants.restoreTenant.execute(.init(id: tenant.id), as: fixture.administrator)
        }
        #expect(twice?.code == .tenantStatusConflict)

        _ = try await tenants.deleteTenant.execute(.init(id: tenant.id), as: fixture.administrator)
        fixture.clock.advance(by: Fixture.grace)
        let late = await failure { () throws(Failure) in
            try await tenants.restoreTenant.execute(.init(id: tenant.id), as: fixture.administrator)
        }
        #expect(late?.code == .tenantGraceOver)
        #expect(try await fixture.delete.execute() == 1)
        #expect(try await fixture.delete.execute() == 0)
        let reads = fixture.memory.reads(in: tenant.id)
        #expect(try await reads.tenants.tenant(tenant.id) == nil)
        #expect(try await reads.users.user(.email(EmailAddress("ann@acme.com"))) == nil)
        #expect(try await reads.dataKeys.keys(of: tenant.id, for: .values).isEmpty)
        #expect(
            fixture.actions(of: tenant.id).suffix(4) == [
                "identity.tenant_deletion_scheduled", "identity.tenant_erasure_begun", "keys.data_keys_destroyed",
                "identity.tenant_erased",
            ])
        #expect(try await fixture.create("acme").id != tenant.id)
        #expect(try await fixture.memory.reads(in: other.id).tenants.tenant(other.id) == other)
        #expect(try await fixture.memory.reads(in: other.id).dataKeys.keys(of: other.id, for: .values).count == 1)
    }

    @Test("a deletion that was cut off behind any step goes on")
    func cutOff() async throws {
        let fixture = try await Fixture()
        let tenant = try await fixture.create("acme")
        _ = try await fixture.tenants.deleteTenant.execute(.init(id: tenant.id), as: fixture.administrator)
        fixture.clock.advance(by: Fixture.grace)
        let now = fixture.clock.now()
        try await fixture.memory.write(in: tenant.id, as: fixture.administrator) { work throws(Failure) in
            guard let (erasing, event) = try await work.tenants.tenantForUpdate(tenant.id)?.erasing(at: now) else {
                throw .bug("It is not due")
            }
            try await work.tenants.save(erasing)
            work.record(event)
        }
        _ = try await MemoryKeyRotation(fixture.memory).destroy(of: tenant.id, as: fixture.administrator) { _ in
            DomainEvent(.dataKeysDestroyed, on: .tenant(tenant.id))
        }
        #expect(try await fixture.delete.execute() == 1)
        #expect(fixture.actions(of: tenant.id).filter { $0 == "identity.tenant_erasure_begun" }.count == 1)
    }
}
