import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct TenantLifecycleTests {
    private let now = ManualClock().now()
    private let grace = Duration.seconds(86_400)

    private func tenant(_ isolation: TenantIsolation = .shared) throws -> Tenant {
        Tenant.register(
            id: Identifiers.forTests().next(), slug: try TenantSlug("acme"), name: try DisplayName("Acme"),
            plan: .free, isolation: isolation, at: now
        ).0
    }

    @Test("a shared tenant is in use at once, one with a database of its own when that is there")
    func beginning() throws {
        #expect(try tenant().status == .active)
        let made = try tenant(.database)
        #expect(made.status == .provisioning)
        let ready = try #require(made.provisioned(at: now))
        #expect(ready.0.status == .active && ready.0.version == 2 && ready.0.isolation == .database)
        #expect(ready.0.provisioned(at: now) == nil)
    }

    @Test("name and plan change with what stood before and stands behind, and nothing is no change")
    func changes() throws {
        let tenant = try tenant()
        #expect(tenant.changed(name: tenant.name, plan: .free, at: now) == nil)
        let (changed, event) = try #require(tenant.changed(plan: .starter, at: now + .seconds(1)))
        #expect(changed.plan == .starter && changed.version == 2 && changed.updatedAt == now + .seconds(1))
        #expect(event.kind == .tenantChanged)
        #expect(event.change.before["plan"] == "free" && event.change.after["plan"] == "starter")
    }

    @Test("only a tenant in use is suspended, and a suspended one resumed")
    func suspension() async throws {
        let (suspended, event) = try #require(try tenant().suspended(at: now))
        #expect(suspended.status == .suspended && event.kind == .tenantSuspended)
        #expect(try suspended.suspended(at: now) == nil)
        let (resumed, _) = try #require(try suspended.resumed(at: now))
        #expect(resumed.status == .active && resumed.version == 3)
        #expect(try resumed.resumed(at: now) == nil)
        let made = try tenant(.database)
        for refused in [
            await failure(of: { () throws(Failure) in try made.suspended(at: now) }),
            await failure(of: { () throws(Failure) in try made.resumed(at: now) }),
        ] { #expect(refused?.code == .tenantStatusConflict) }
    }

    @Test("a tenant that is being deleted comes back within the grace and not behind it")
    func deletion() async throws {
        let (condemned, event) = try #require(try tenant().condemned(grace: grace, at: now))
        #expect(condemned.status == .deleting && condemned.deletesAt == now + grace)
        #expect(event.change.after["deletes_at"] == .string((now + grace).description))
        #expect(condemned.condemned(grace: grace, at: now) == nil)
        #expect(condemned.erasing(at: now) == nil)
        let (back, _) = try #require(
            try condemned.restored(isProvisioned: true, at: now + grace - .milliseconds(1)))
        #expect(back.status == .active && back.deletesAt == nil)
        #expect(try condemned.restored(isProvisioned: false, at: now)?.0.status == .provisioning)
        let late = await failure { () throws(Failure) in try condemned.restored(isProvisioned: true, at: now + grace) }
        #expect(late?.code == .tenantGraceOver)
        for refused in [
            await failure(of: { () throws(Failure) in try condemned.resumed(at: now) }),
            await failure(of: { () throws(Failure) in try condemned.requireStanding() }),
        ] { #expect(refused?.code == .tenantStatusConflict, "nothing but bringing it back changes it") }
    }

    @Test("a tenant that was suspended before its deletion is suspended when it comes back, and forgets it then")
    func suspendedBefore() async throws {
        let suspended = try #require(try tenant().suspended(at: now)).0
        let condemned = try #require(suspended.condemned(grace: grace, at: now)).0
        let back = try #require(try condemned.restored(isProvisioned: true, at: now)).0
        #expect(back.status == .suspended && !back.wasSuspended)
        let resumed = try #require(try back.resumed(at: now)).0
        let again = try #require(resumed.condemned(grace: grace, at: now)).0
        #expect(try again.restored(isProvisioned: true, at: now)?.0.status == .active)
    }

    @Test("once the erasure has begun nothing brings it back, whatever another clock says")
    func erasure() async throws {
        let condemned = try #require(try tenant().condemned(grace: grace, at: now)).0
        let (erasing, event) = try #require(condemned.erasing(at: now + grace))
        #expect(erasing.isErasing && event.kind == .tenantErasureBegun)
        #expect(erasing.erasing(at: now + grace) == nil)
        let refused = await failure { () throws(Failure) in try erasing.restored(isProvisioned: true, at: now) }
        #expect(refused?.code == .tenantGraceOver)
    }

    @Test("each status but active says why nobody gets in")
    func access() async {
        for (status, code) in [
            (TenantStatus.provisioning, FailureCode.tenantProvisioning), (.suspended, .tenantSuspended),
            (.deleting, .tenantDeleting),
        ] {
            let refused = await failure { () throws(Failure) in try status.requireActive() }
            #expect(refused?.code == code && code.kind == .denied)
        }
        #expect(await failure(of: { () throws(Failure) in try TenantStatus.active.requireActive() }) == nil)
    }
}
