import Synchronization
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonApplication

@Suite struct VerifyAPIKeyTests {
    @Test("A key proves who it is, from memory once it was read, and for a minute")
    func verify() async throws {
        let fixture = try await APIKeyFixture()
        let issued = try await fixture.create()
        let text = issued.secret.revealedText()
        let keys = fixture.verification().keys
        #expect(try keys.remembered(text, from: .test) == nil)
        let principal = try await keys.execute(text, from: .test)
        #expect(principal == issued.key.principal)
        #expect(try keys.remembered(text, from: .test) == principal)
        fixture.clock.advance(by: .seconds(59))
        #expect(try keys.remembered(text, from: .test) == principal)
        fixture.clock.advance(by: .seconds(1))
        #expect(try keys.remembered(text, from: .test) == nil)
    }

    @Test("Junk and unknown keys are refused alike; that a key is unknown is remembered for a while")
    func unknown() async throws {
        let fixture = try await APIKeyFixture()
        let keys = fixture.verification().keys
        let stranger = APIKeyText.random(by: SystemRandomness()).secret.revealedText()
        for text in ["tnk_junk", stranger] {
            let refused = await failure { () throws(Failure) in _ = try await keys.execute(text, from: .test) }
            #expect(refused?.code == .invalidAPIKey)
            #expect(refused?.detail == Failure.invalidAPIKey.detail)
        }
        #expect(throws: Failure.self) { try keys.remembered(stranger, from: .test) }
        fixture.clock.advance(by: KnownAPIKeys.absence)
        #expect(try keys.remembered(stranger, from: .test) == nil)
        #expect(fixture.refusals.isEmpty)
    }

    @Test("A revoked, disabled or rotated key is dropped from memory at once")
    func revocation() async throws {
        let fixture = try await APIKeyFixture()
        let keys = fixture.verification().keys
        let revoked = try await fixture.create()
        let disabled = try await fixture.create()
        let rotated = try await fixture.create()
        for issued in [revoked, disabled, rotated] {
            _ = try await keys.execute(issued.secret.revealedText(), from: .test)
        }
        try await fixture.useCases.revoke.execute(RevokeAPIKey.Input(id: revoked.key.id), as: fixture.owner)
        _ = try await fixture.useCases.update.execute(
            UpdateAPIKey.Input(id: disabled.key.id, status: .disabled), as: fixture.owner)
        let successor = try await fixture.useCases.rotate.execute(
            RotateAPIKey.Input(id: rotated.key.id, overlap: .zero), as: fixture.owner)
        for issued in [revoked, disabled, rotated] {
            let text = issued.secret.revealedText()
            #expect(try keys.remembered(text, from: .test) == nil)
            let refused = await failure { () throws(Failure) in _ = try await keys.execute(text, from: .test) }
            #expect(refused?.code == .invalidAPIKey)
        }
        #expect(try await keys.execute(successor.secret.revealedText(), from: .test).id == rotated.key.id)
    }

    @Test("What was read before a change is not kept behind it")
    func lateRead() async throws {
        let fixture = try await APIKeyFixture()
        let issued = try await fixture.create()
        let known = KnownAPIKeys()
        let digest = issued.key.credentials[0].digest
        let read = KnownAPIKey(issued.key, [], readAt: fixture.clock.now())
        let early = known.begin(issued.key.id)
        known.changed(AccessChange(id: fixture.ids.next(), .apiKey(issued.key.id)))
        known.keep(read, under: digest, of: early)
        known.end(early)
        guard case .mustRead = known.look(up: digest, at: fixture.clock.now()) else {
            Issue.record("the old read was kept")
            return
        }
        // Changes of other keys mean nothing to this one.
        let late = known.begin(issued.key.id)
        known.changed(AccessChange(id: fixture.ids.next(), .apiKey(fixture.ids.next())))
        known.keep(read, under: digest, of: late)
        guard case .known = known.look(up: digest, at: fixture.clock.now()) else {
            Issue.record("the read was not kept")
            return
        }
    }

    @Test("Expiry and network are asked at every use, and a refusal stands in the audit log with its reason")
    func refusals() async throws {
        let fixture = try await APIKeyFixture()
        let keys = fixture.verification().keys
        let issued = try await fixture.create {
            $0.expiresAt = fixture.clock.now() + .seconds(30)
            $0.networks = try AllowedNetworks(["10.0.0.0/8"])
        }
        let text = issued.secret.revealedText()
        let inside = Origin(address: "10.0.0.1", requestID: "r")
        let outside = Origin(address: "192.0.2.1", requestID: "r")
        _ = try await keys.execute(text, from: inside)
        #expect(try keys.remembered(text, from: inside) != nil)
        #expect(try keys.remembered(text, from: outside) == nil)
        _ = await failure { () throws(Failure) in _ = try await keys.execute(text, from: outside) }
        fixture.clock.advance(by: .seconds(30))
        #expect(try keys.remembered(text, from: inside) == nil)
        _ = await failure { () throws(Failure) in _ = try await keys.execute(text, from: inside) }
        #expect(fixture.refusals == ["address_not_allowed", "expired"])
    }

    @Test("Refusals of one key for one reason are written down once a second, and the next says how many there were")
    func manyRefusals() async throws {
        let fixture = try await APIKeyFixture()
        let keys = fixture.verification().keys
        let issued = try await fixture.create { $0.networks = try AllowedNetworks(["10.0.0.0/8"]) }
        let other = try await fixture.create { $0.networks = try AllowedNetworks(["10.0.0.0/8"]) }
        func refuse(_ issued: IssuedAPIKey) async {
            let refused = await failure { () throws(Failure) in
                _ = try await keys.execute(issued.secret.revealedText(), from: .test)
            }
            #expect(refused?.code == .invalidAPIKey)
        }
        for _ in 0..<4 { await refuse(issued) }
        await refuse(other)
        #expect(fixture.refusals.count == 2)
        fixture.clock.advance(by: .seconds(1))
        await refuse(issued)
        #expect(fixture.refusals.count == 3)
        #expect(fixture.memory.auditRecords.last?.details["omitted"] == 3)
    }

    @Test("A clock that is set back makes memory keep a tenant, or a key, no longer")
    func clockSetBack() async throws {
        let fixture = try await APIKeyFixture()
        let (tenants, tenant, clock) = (TenantAccessCache(), fixture.tenant, fixture.clock)
        #expect(await tenants.found(tenant, from: fixture.memory, at: clock.steady()) != nil)
        let keys = fixture.verification().keys
        let text = try await fixture.create().secret.revealedText()
        _ = try await keys.execute(text, from: .test)
        clock.setBack(by: .seconds(3600))
        clock.advance(by: .milliseconds(59_999))
        #expect(tenants.remembered(tenant, at: clock.steady()) != nil)
        #expect(try keys.remembered(text, from: .test) != nil)
        clock.advance(by: .milliseconds(1))
        #expect(tenants.remembered(tenant, at: clock.steady()) == nil)
        #expect(try keys.remembered(text, from: .test) == nil)
    }

    @Test("What is read of a tenant is not kept where that tenant was changed meanwhile")
    func tenantReads() async throws {
        let fixture = try await APIKeyFixture()
        let (tenants, tenant, now) = (TenantAccessCache(), fixture.tenant, fixture.clock.now())
        let (ids, memory) = (fixture.ids, fixture.memory)
        for (changed, isKept) in [(tenant, false), (ids.next(), true)] {
            tenants.changed(AccessChange(id: ids.next(), .tenant(tenant)))
            let changing = WatchedReads(wrapped: memory) {
                tenants.changed(AccessChange(id: ids.next(), .tenant(changed)))
            }
            #expect(await tenants.found(tenant, from: changing, at: now) != nil)
            #expect((tenants.remembered(tenant, at: now) != nil) == isKept)
        }
    }

    @Test("Uses are written down off the way, once a minute")
    func uses() async throws {
        let fixture = try await APIKeyFixture()
        let issued = try await fixture.create()
        let text = issued.secret.revealedText()
        let keys = fixture.verification().keys
        let recording = Task {
            await RecordAPIKeyUses(transactions: fixture.memory, uses: fixture.uses).run()
        }
        defer { recording.cancel() }
        func lastUse() async throws -> Timestamp? {
            try await fixture.useCases.get.execute(issued.key.id, as: fixture.owner).lastUse?.at
        }
        let first = fixture.clock.now()
        _ = try await keys.execute(text, from: Origin(address: "::1", requestID: "r"))
        while try await lastUse() == nil { await Task.yield() }
        fixture.clock.advance(by: .seconds(30))
        _ = try keys.remembered(text, from: .test)
        #expect(try await lastUse() == first)
        fixture.clock.advance(by: .seconds(31))
        _ = try await keys.execute(text, from: .test)
        while try await lastUse() == first { await Task.yield() }
        #expect(try await lastUse() == first + .seconds(61))
    }

    @Test("Nobody makes, widens or rotates a key beyond what it holds itself; a key makes none")
    func privileges() async throws {
        let fixture = try await APIKeyFixture()
        let member = fixture.user([.member])
        let wide = try await fixture.create(scopes: [.apiKeysWrite, .apiKeysRead, .configsRead])
        let program = Caller(.apiKey(wide.key.principal), from: .test)
        func code(_ body: () async throws -> Void) async -> FailureCode? {
            do {
                try await body()
                return nil
            } catch { return (error as? Failure)?.code }
        }
        #expect(await code { _ = try await fixture.create(as: member) } == .permissionDenied)
        #expect(await code { _ = try await fixture.create(as: program) } == .permissionDenied)
        #expect(
            await code {
                _ = try await fixture.useCases.rotate.execute(RotateAPIKey.Input(id: wide.key.id), as: program)
            } == .permissionDenied)
        #expect(await code { _ = try await fixture.create(scopes: [.quotasWrite]) } == .permissionDenied)
        #expect(
            await code {
                _ = try await fixture.useCases.update.execute(
                    UpdateAPIKey.Input(id: wide.key.id, scopes: [.configsRead, .quotasWrite]), as: fixture.owner)
            } == .permissionDenied)
        #expect(try await fixture.useCases.get.execute(wide.key.id, as: program).id == wide.key.id)
    }

    @Test("Who does not hold a key's scopes does not let it do more; what is held under conditions makes no key")
    func widening() async throws {
        let fixture = try await APIKeyFixture()
        let now = fixture.clock.now()
        let rules = """
            p, role:keeper, api_keys, *, allow
            p, role:keeper, configs, read, allow, "ipMatch(r.req.address, '192.0.2.0/24')"
            """
        let policy = Policy.create(
            id: fixture.ids.next(), of: fixture.tenant,
            PolicyContent(name: try DisplayName("x"), rules: try PolicyText(rules)), by: "test", at: now
        ).0
        let access = TenantAccess(
            tenant: fixture.tenant, status: .active, plan: .free,
            policy: try TenantPolicy(roles: [], policies: [policy]))
        let keeper = Caller(
            fixture.user([try Role("keeper")]).principal, from: Origin(address: "192.0.2.1", requestID: "req"),
            access: access)
        let key = try await fixture.create { terms in
            terms.status = .disabled
            terms.networks = try AllowedNetworks(["192.0.2.1", "192.0.2.2"])
            terms.expiresAt = now + .seconds(600)
            terms.requiresSignature = false
        }.key
        func code(_ input: UpdateAPIKey.Input) async -> FailureCode? {
            await failure { () throws(Failure) in try await fixture.useCases.update.execute(input, as: keeper) }?.code
        }
        let id = key.id
        for wider in [
            UpdateAPIKey.Input(id: id, status: .active), UpdateAPIKey.Input(id: id, networks: .any),
            UpdateAPIKey.Input(id: id, networks: try AllowedNetworks(["192.0.2.1", "192.0.2.3"])),
            UpdateAPIKey.Input(id: id, expiresAt: .removed),
            UpdateAPIKey.Input(id: id, expiresAt: .set(now + .seconds(601))),
        ] {
            #expect(await code(wider) == .permissionDenied)
        }
        for narrower in [
            UpdateAPIKey.Input(id: id, networks: try AllowedNetworks(["192.0.2.1"])),
            UpdateAPIKey.Input(id: id, expiresAt: .set(now + .seconds(300))),
        ] {
            #expect(await code(narrower) == nil)
        }
        let made = await failure { () throws(Failure) in
            try await fixture.useCases.create.execute(
                CreateAPIKey.Input(terms: APIKeyTerms(name: key.terms.name, scopes: [.configsRead])), as: keeper)
        }
        #expect(made?.code == .permissionDenied)
    }

    @Test("A key of a suspended tenant still says who calls, so that the refusal can be written down")
    func suspendedTenant() async throws {
        let fixture = try await APIKeyFixture()
        let text = try await fixture.create().secret.revealedText()
        let tenants = TenantAccessCache()
        let authenticate = fixture.authenticate(tenants)
        let caller = try await authenticate.execute(.apiKey(text), from: .test)
        #expect(caller.tenant == fixture.tenant)
        #expect(try authenticate.remembered(.apiKey(text), from: .test)?.subject == caller.subject)
        tenants.keep(
            TenantAccess(tenant: fixture.tenant, status: .suspended, plan: .free), at: fixture.clock.now())
        for known in [
            try authenticate.remembered(.apiKey(text), from: .test),
            try await authenticate.execute(.apiKey(text), from: .test),
        ] {
            #expect(known?.subject == caller.subject)
            let refused = await failure { () throws(Failure) in try known?.access?.requireActive() }
            #expect(refused?.code == .tenantSuspended)
        }
    }

    @Test(
        "While a tenant must be read again, memory lets nobody in and still tells whose turn a known key's request takes"
    )
    func pendingTenant() async throws {
        let fixture = try await APIKeyFixture()
        let text = try await fixture.create().secret.revealedText()
        let tenants = TenantAccessCache()
        let authenticate = fixture.authenticate(tenants)
        #expect(authenticate.tenant(of: .apiKey(text), from: .test) == nil)
        _ = try await authenticate.execute(.apiKey(text), from: .test)
        tenants.changed(AccessChange(id: fixture.ids.next(), .tenant(fixture.tenant)))
        #expect(try authenticate.remembered(.apiKey(text), from: .test) == nil)
        #expect(authenticate.tenant(of: .apiKey(text), from: .test) == fixture.tenant)
        #expect(authenticate.tenant(of: .apiKey("tnk_unknown"), from: .test) == nil)
    }
}

/// Runs something before each reading.
private struct WatchedReads: Transactions {
    let wrapped: any Transactions
    let watch: @Sendable () -> Void

    func reads(in tenant: TenantID) -> any Stores {
        watch()
        return wrapped.reads(in: tenant)
    }

    func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await wrapped.write(in: tenant, as: caller, body)
    }
}

extension TenantAccessCache {
    fileprivate func found(_ tenant: TenantID, from transactions: any Transactions, at now: Timestamp) async
        -> TenantAccess?
    {
        do { return try await access(of: tenant, from: Reads(transactions) { $0 }, at: now) } catch { return nil }
    }
}
