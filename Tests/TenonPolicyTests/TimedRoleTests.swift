import TenonKit
import TestSupport
import Testing

@testable import TenonDomain
@testable import TenonPolicy

/// Roles that are had from a time on, or until one.
struct TimedRoleTests {
    private let clock = ManualClock()
    private let ids = Identifiers.forTests()
    private let tenant: TenantID
    private let authorizer: PolicyAuthorizer

    init() {
        tenant = ids.next()
        authorizer = .forTests(clock)
    }

    private func engine(_ rules: String) throws -> PolicyEngine {
        try PolicyEngine(
            model: PolicyExample.model(
                "g(r.sub, p.sub)", request: "sub", policy: "sub", roles: ["g = _, _, (_, _)"]),
            policy: "p, admin\n" + rules)
    }

    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test("A role is had from its first second on, and until the last second before its end")
    func bounds() throws {
        let engine = try engine("g, ada, admin, 2026-01-01 00:00:00, 2026-02-01 00:00:00")
        for (time, isAllowed) in [
            ("2025-12-31T23:59:59.999Z", false), ("2026-01-01T00:00:00Z", true), ("2026-01-31T23:59:59.999Z", true),
            ("2026-02-01T00:00:00Z", false), ("2026-01-01T00:59:59+01:00", false),
        ] {
            #expect(engine.decide(["ada"], at: try moment(time)).isAllowed == isAllowed, "\(time)")
            #expect(try engine.explain(["ada"], at: try moment(time)).matching.count == (isAllowed ? 1 : 0))
            #expect(engine.permissions(of: "ada", at: try moment(time)).count == (isAllowed ? 1 : 0))
        }
    }

    @Test("A way over several roles holds while each step does; of two assignments either is enough")
    func ways() throws {
        let engine = try engine(
            """
            g, ada, lead, 2026-01-01 00:00:00, 2026-03-01 00:00:00
            g, lead, admin, 2026-02-01 00:00:00, _
            g, bo, admin, _, 2026-01-01 00:00:00
            g, bo, admin, 2026-03-01 00:00:00, _
            g, cy, admin
            """)
        func who(_ time: String) throws -> [String] {
            try ["ada", "bo", "cy"].filter { engine.decide([.string($0)], at: try moment(time)).isAllowed }
        }
        #expect(try who("2025-06-01T00:00:00Z") == ["bo", "cy"])
        #expect(try who("2026-01-15T00:00:00Z") == ["cy"])
        #expect(try who("2026-02-15T00:00:00Z") == ["ada", "cy"])
        #expect(try who("2026-03-15T00:00:00Z") == ["bo", "cy"])
    }

    @Test("A time that is none is refused with its line and column")
    func refusals() {
        func place(_ rule: String) -> [Int] {
            do throws(PolicySyntaxError) {
                _ = try PolicyEngine(
                    model: PolicyExample.model(
                        "g(r.sub, p.sub)", request: "sub", policy: "sub", roles: ["g = _, _, (_, _)"]),
                    policy: "p, x\n" + rule)
                return []
            } catch {
                return [error.place.line, error.place.column]
            }
        }
        #expect(place("g, a, b, 2026-01-01, _") == [2, 10])
        #expect(place("g, a, b, _, 2026-02-30 00:00:00") == [2, 13])
        #expect(place("g, a, b, _, 2026-01-01T00:00:00") == [2, 13])
        #expect(place("g, a, b, 2026-01-01 24:00:00, _") == [2, 10])
        #expect(place("g, a, b, _") == [2, 10])
        #expect(place("g, a, b, , ") == [2, 10])
        #expect(place("g, a, b, 0000-01-01 00:00:00, 9999-12-30 00:00:00") == [])
        #expect(place("g, a, b, _, _, what follows is skipped") == [])
    }

    private func policy(_ rules: String) throws -> Policy {
        Policy.create(
            id: ids.next(), of: tenant,
            PolicyContent(name: try DisplayName("rules"), rules: try PolicyText(rules)), by: "test", at: clock.now()
        ).0
    }

    private func caller(_ roles: Set<Role>, _ rules: String, id: UserID) throws -> Caller {
        let access = try TenantAccess(
            tenant: tenant, status: .active, plan: .free, roles: [], policies: [policy(rules)])
        let user = SignedInUser(id: id, tenant: tenant, session: ids.next(), roles: roles)
        return Caller(.user(user), from: .test, access: access)
    }

    @Test("A user has a role for a time by a policy of the tenant, and hands nothing on that it gives")
    func grantedForATime() throws {
        let id: UserID = ids.next()
        let caller = try caller(
            [.viewer], "g, user:\(id), role:admin, 2026-01-01 00:00:00, 2026-01-02 00:00:00", id: id)
        #expect(authorizer.allows(.usersRead, for: caller))
        #expect(try authorizer.permits(.usersRead, on: TenantScope(tenant), for: caller))
        #expect(!authorizer.grants(.usersRead, for: caller) && authorizer.grants(.configsRead, for: caller))
        #expect(authorizer.everAllows(.usersRead, for: caller))
        clock.advance(by: .seconds(86_400))
        #expect(!authorizer.allows(.usersRead, for: caller))
        #expect(try !authorizer.permits(.usersRead, on: TenantScope(tenant), for: caller))
        #expect(!authorizer.grants(.usersRead, for: caller))
    }

    @Test("A role that denies for a time denies then, and keeps from handing on what it denies at all times")
    func deniedForATime() throws {
        let id: UserID = ids.next()
        let rules = """
            p, role:restricted, users, *, deny
            g, user:\(id), role:restricted, 2026-02-01 00:00:00, _
            """
        let caller = try caller([.admin], rules, id: id)
        #expect(authorizer.allows(.usersRead, for: caller) && !authorizer.grants(.usersRead, for: caller))
        #expect(authorizer.everAllows(.usersRead, for: caller))
        clock.advance(by: .seconds(32 * 86_400))
        #expect(!authorizer.allows(.usersRead, for: caller) && authorizer.everAllows(.usersRead, for: caller))
    }

    @Test("To lengthen the time of a role is to give it")
    func lengthened() throws {
        func grants(_ until: String) throws -> PolicyGrants {
            try PolicyGrants(
                roles: [], policies: [policy("g, user:a, role:member, _, \(until)")])
        }
        let (old, new) = (try grants("2026-02-01 00:00:00"), try grants("2026-03-01 00:00:00"))
        #expect(new.additions(since: old) == Role.member.builtInPermissions)
        #expect(old.additions(since: old).isEmpty)
    }

    @Test("What was stored before times and backslashes meant anything goes on, without letting anybody in by it")
    func stored() throws {
        let id: UserID = ids.next()
        // Notes behind a role were skipped, and '\8' in a text was 8: as a pattern it is none.
        let old = try caller(
            [.viewer],
            #"""
            g, user:\#(id), role:member, for the summer
            p, role:member, configs, write, deny, "regexMatch(r.res.key, '^a\8')"
            p, role:viewer, users, read, allow, "regexMatch(r.res.id, '^a\8')"
            """#, id: id)
        #expect(try authorizer.permits(.secretsRead, on: TenantScope(tenant), for: old))
        #expect(try !authorizer.permits(.configsWrite, on: TenantScope(tenant), for: old))
        #expect(try !authorizer.permits(.usersRead, on: TenantScope(tenant), for: old))
        #expect(throws: TenantPolicy.Fault.self) {
            try TenantPolicy(roles: [], policies: [policy("g, user:\(id), role:member, for the summer")])
        }
    }
}
