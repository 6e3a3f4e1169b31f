import TenonDomain
import TenonKit
import TenonPolicy
import TestSupport
import Testing

@Suite struct PolicyAuthorizerTests {
    private let clock = ManualClock()
    private let ids = Identifiers.forTests()
    private let tenant: TenantID
    private let authorizer: PolicyAuthorizer

    init() {
        tenant = ids.next()
        authorizer = .forTests(clock)
    }

    private func caller(
        _ roles: Set<Role>, id: UserID? = nil, address: String? = nil, policy: TenantPolicy? = nil
    ) -> Caller {
        let user = SignedInUser(id: id ?? ids.next(), tenant: tenant, session: ids.next(), roles: roles)
        return Caller(
            .user(user), from: Origin(address: address, requestID: "req"), access: access(policy))
    }

    private func access(_ policy: TenantPolicy?) -> TenantAccess {
        TenantAccess(tenant: tenant, status: .active, plan: .professional, policy: policy)
    }

    private func key(_ scopes: Set<Permission>, _ policy: TenantPolicy? = nil) -> (APIKeyID, Caller) {
        let id: APIKeyID = ids.next()
        let principal = APIKeyPrincipal(id: id, tenant: tenant, scopes: scopes)
        return (id, Caller(.apiKey(principal), from: .test, access: access(policy)))
    }

    private func policy(_ rules: String, roles: [TenantRole] = []) throws -> TenantPolicy {
        let policy = Policy.create(
            id: ids.next(), of: tenant,
            PolicyContent(name: try DisplayName("rules"), rules: try PolicyText(rules)), by: "test", at: clock.now()
        ).0
        return try TenantPolicy(roles: roles, policies: [policy])
    }

    private func role(_ name: String, _ permissions: Set<Permission>, inherits: Set<Role> = []) throws -> TenantRole {
        TenantRole.create(
            try Role(name), of: tenant, description: nil, permissions: permissions, inherits: inherits, by: "test",
            at: clock.now()
        ).0
    }

    private struct Entry: Protected {
        let owner: TenantID
        let key: String
        var reference: ResourceReference { ResourceReference(kind: "config", id: "cfg_x") }
        var attributes: [String: JSONValue] { ["key": .string(key), "is_secret": false] }
    }

    private func passes(_ permission: Permission, on key: String, as caller: Caller) -> Bool {
        do {
            try authorizer.require(permission, on: Entry(owner: tenant, key: key), as: caller)
            return true
        } catch {
            return false
        }
    }

    @Test("Viewers read and see no secrets; members write entries; owners and admins do everything at their tenant")
    func builtIn() {
        #expect(
            authorizer.permissions(of: caller([.viewer]))
                == [.namespacesRead, .configsRead, .tenantsRead, .quotasRead])
        #expect(
            authorizer.permissions(of: caller([.member])).symmetricDifference(
                authorizer.permissions(of: caller([.viewer]))) == [.configsWrite, .secretsRead])
        for role in [Role.owner, .admin] {
            #expect(authorizer.permissions(of: caller([role])) == Set(Permission.all).subtracting([.quotasWrite]))
        }
    }

    @Test("The built-in roles decide alike from the table and from a tenant's compiled policy")
    func tableAndPolicy() throws {
        let own = try policy("p, role:nobody, configs, read, deny")
        for role in Role.builtIn {
            #expect(
                authorizer.permissions(of: caller([role])) == authorizer.permissions(of: caller([role], policy: own)))
        }
    }

    @Test("Nobody without roles may do anything, nor may anonymous callers; platform administrators see no values")
    func denyByDefault() throws {
        let administrator = SignedInUser(
            id: ids.next(), tenant: .platform, session: ids.next(), roles: [.platformAdministrator])
        #expect(authorizer.permissions(of: caller([])).isEmpty)
        #expect(authorizer.permissions(of: caller([.platformAdministrator])).isEmpty)
        #expect(authorizer.permissions(of: Caller(.anonymous, from: .test)).isEmpty)
        #expect(
            authorizer.permissions(of: Caller(.platformAdministrator(administrator), from: .test))
                == [.tenantsRead, .tenantsWrite, .quotasRead, .quotasWrite, .auditRead, .usersRead, .usersWrite])
    }

    @Test("A resource of another tenant is denied whatever the roles")
    func foreign() {
        let theirs: TenantID = ids.next()
        #expect(throws: Failure.self) {
            try authorizer.require(.configsRead, on: TenantScope(theirs), as: caller([.owner]))
        }
        #expect(throws: Never.self) {
            try authorizer.require(.configsRead, on: TenantScope(tenant), as: caller([.owner]))
        }
    }

    @Test("A tenant's role grants its permissions and those that it inherits; a rule can be for one user")
    func ownRoles() throws {
        let auditor = try role("auditor", [.auditRead], inherits: [.viewer])
        let user: UserID = ids.next()
        let own = try policy("p, user:\(user), configs, write, allow", roles: [auditor])
        let member = caller([auditor.role], policy: own)
        #expect(
            authorizer.permissions(of: member)
                == [.auditRead, .namespacesRead, .configsRead, .tenantsRead, .quotasRead])
        #expect(authorizer.allows(.configsWrite, for: caller([auditor.role], id: user, policy: own)))
        #expect(authorizer.permissions(of: caller([auditor.role])).isEmpty)
    }

    @Test("A rule that denies is stronger than any that allows, and owners still reach the policies")
    func deny() throws {
        let own = try policy("p, role:member, secrets, read, deny\np, role:owner, *, *, deny")
        #expect(!authorizer.allows(.secretsRead, for: caller([.member], policy: own)))
        #expect(!authorizer.allows(.secretsRead, for: caller([.admin, .member], policy: own)))
        #expect(authorizer.permissions(of: caller([.owner], policy: own)) == [.policiesRead, .policiesWrite])
    }

    @Test("Conditions look at the resource and the request; without a resource nothing is ruled out by them")
    func conditions() throws {
        let own = try policy(
            """
            p, role:viewer, configs, write, allow, "keyMatch(r.res.key, 'draft_*')"
            p, role:member, configs, write, deny, r.res.key == 'locked' && r.req.hour >= 0
            p, role:viewer, secrets, read, allow, "ipMatch(r.req.address, '10.0.0.0/8')"
            """)
        let viewer = caller([.viewer], address: "10.1.2.3", policy: own)
        #expect(authorizer.allows(.configsWrite, for: viewer))
        #expect(passes(.configsWrite, on: "draft_1", as: viewer))
        #expect(!passes(.configsWrite, on: "final", as: viewer))
        let member = caller([.member], address: "10.1.2.3", policy: own)
        #expect(authorizer.allows(.configsWrite, for: member))
        #expect(!passes(.configsWrite, on: "locked", as: member))
        #expect(passes(.configsWrite, on: "final", as: member))
        #expect(passes(.secretsRead, on: "x", as: viewer))
        #expect(!passes(.secretsRead, on: "x", as: caller([.viewer], address: "192.0.2.1", policy: own)))
    }

    @Test("A condition with a pattern guards the keys that the pattern names, as it is written")
    func patternOfCondition() throws {
        let own = try policy(#"p, role:member, configs, write, deny, "regexMatch(r.res.key, '^\d+$')""#)
        let member = caller([.member], policy: own)
        #expect(!passes(.configsWrite, on: "12345", as: member))
        #expect(passes(.configsWrite, on: "ddd", as: member))
    }

    @Test("What is certain is allowed without a condition and denied under none")
    func certainty() throws {
        let own = try policy(
            """
            p, role:viewer, audit, read, allow, r.req.hour < 24
            p, role:viewer, configs, read, deny, r.res.key == 'locked'
            p, role:viewer, users, read, allow
            """)
        let viewer = caller([.viewer], policy: own)
        #expect(
            authorizer.certainPermissions(of: viewer) == [.namespacesRead, .tenantsRead, .quotasRead, .usersRead])
        #expect(authorizer.allows(.auditRead, for: viewer) && authorizer.allows(.configsRead, for: viewer))
        for role in Role.builtIn {
            let plain = caller([role])
            #expect(authorizer.certainPermissions(of: plain) == authorizer.permissions(of: plain))
        }
    }

    @Test("Somebody may gain by new rules, by rules that reach further, and by denials that do so no longer")
    func additions() throws {
        func grants(_ rules: String) throws -> PolicyGrants {
            let policy = Policy.create(
                id: ids.next(), of: tenant,
                PolicyContent(name: try DisplayName("x"), rules: try PolicyText(rules)), by: "x", at: clock.now()
            ).0
            return try PolicyGrants(roles: [try role("auditor", [.auditRead])], policies: [policy])
        }
        func additions(_ old: String, _ new: String) throws -> Set<Permission> {
            try grants(new).additions(since: try grants(old))
        }
        let deny = "p, role:a, secrets, read, deny"
        #expect(try additions("", "p, user:u, secrets, read, allow") == [.secretsRead])
        #expect(try additions("p, user:u, secrets, read, allow", "").isEmpty)
        #expect(try additions("", deny).isEmpty)
        #expect(try additions(deny, "") == [.secretsRead])
        #expect(try additions(deny, deny + ", r.req.hour < 3") == [.secretsRead])
        #expect(
            try additions("p, role:a, users, read, allow, r.req.hour < 3", "p, role:a, users, read, allow, true")
                == [.usersRead])
        #expect(try additions("", "g, role:a, role:b\ng, role:b, role:auditor") == [.auditRead])
        #expect(try additions("g, user:u, role:a\n" + deny, deny) == [.secretsRead])
        #expect(try additions("", "p, role:a, configs, *, allow") == [.configsRead, .configsWrite])
        #expect(try additions("", "g, user:u, role:admin") == Set(Permission.all).subtracting([.quotasWrite]))
        // Names that look alike are others.
        #expect(
            try additions("p, role:\u{e9}, users, read, allow", "p, role:e\u{301}, users, read, allow")
                == [.usersRead])
        let asking = "p, role:viewer, users, read, allow, \"g(r.sub.names, 'role:lead')\""
        #expect(try additions(asking, asking + "\ng, user:u, role:lead") == [.usersRead])
    }

    @Test("Roles that inherit over more steps than are followed are refused")
    func depth() throws {
        func chain(_ steps: Int) -> String {
            (0..<steps).map { "g, role:r\($0), role:r\($0 + 1)" }.joined(separator: "\n")
        }
        #expect(throws: Never.self) { try policy(chain(10)) }
        for steps in [11, 12, 150] {
            do {
                _ = try policy(chain(steps))
                Issue.record("A chain of \(steps) was taken.")
            } catch TenantPolicy.Fault.tooDeep(let name) {
                #expect(name == "role:r0")
            }
        }
    }

    @Test("Quotas are the platform's to change, whatever a tenant's rules say")
    func platformOnly() throws {
        let own = try policy("p, role:owner, quotas, write, allow\np, role:member, quotas, write, allow")
        #expect(!authorizer.allows(.quotasWrite, for: caller([.owner], policy: own)))
        #expect(!authorizer.allows(.quotasWrite, for: caller([.member], policy: own)))
        #expect(!authorizer.allows(.quotasWrite, for: key([.quotasWrite], own).1))
    }

    @Test("An API key may do what its scopes name, less what rules deny it")
    func keys() throws {
        let (id, plain) = key([.configsRead, .secretsRead])
        #expect(authorizer.permissions(of: plain) == [.configsRead, .secretsRead])
        let own = try policy("p, key:\(id), secrets, read, deny\np, key:\(id), configs, write, allow")
        let principal = APIKeyPrincipal(id: id, tenant: tenant, scopes: [.configsRead, .secretsRead])
        let limited = Caller(.apiKey(principal), from: .test, access: access(own))
        #expect(authorizer.permissions(of: limited) == [.configsRead])
    }

    @Test("Rules that nobody can mean are refused with their line and column")
    func refusals() {
        func place(_ rules: String) -> [Int] {
            do throws(TenantPolicy.Fault) {
                let content = PolicyContent(name: try! DisplayName("x"), rules: try! PolicyText(rules))
                let policy = Policy.create(id: ids.next(), of: tenant, content, by: "x", at: clock.now()).0
                _ = try TenantPolicy(roles: [], policies: [policy])
                return []
            } catch {
                guard case .syntax(.policy, let fault) = error else { return [-1] }
                return [fault.place.line, fault.place.column]
            }
        }
        #expect(place("p, admin, configs, read, allow") == [1, 4])
        #expect(place("p, role:a, config, read, allow") == [1, 12])
        #expect(place("p, role:a, secrets, write, allow") == [1, 21])
        #expect(place("p, role:a, configs, read, maybe") == [1, 27])
        #expect(place("p, role:a, configs, read") == [1, 1])
        #expect(place("p, role:a, configs, read, allow, r.res.kex == 'a'") == [1, 34])
        #expect(place("p, role:a, configs, read, allow, \"r.sub.id ==\"") == [1, 46])
        #expect(place("# x\ng, user:a, kind:api_key") == [2, 12])
        #expect(place("g, role:member, role:platform_administrator") == [1, 17])
        let long = String(repeating: "a", count: 700)
        #expect(place("p, role:a, configs, read, allow, \"keyMatch4('\(long)', '\(long)')\"") != [])
        #expect(place("g, role:a, role:b\ng, role:b, role:a") == [-1])
        #expect(place("p, role:a, *, *, allow\np, user:usr_x, configs, *, deny, r.req.weekday > 5") == [])
    }

    @Test("Conditions are tried when they are written, and not each time that they are loaded")
    func stored() throws {
        let rules = try PolicyText("p, role:viewer, configs, read, deny, r.res.kex == 'a'")
        let policy = Policy.create(
            id: ids.next(), of: tenant, PolicyContent(name: try DisplayName("p"), rules: rules), by: "x",
            at: clock.now()
        ).0
        #expect(throws: TenantPolicy.Fault.self) { try TenantPolicy(roles: [], policies: [policy]) }
        let access = try TenantAccess(
            tenant: tenant, status: .active, plan: .free, roles: [], policies: [policy])
        #expect(access.policy != nil)
    }

    @Test("What a tenant has in force is bounded as a whole")
    func bounds() throws {
        let rules = (0..<1900).map { "p,user:u\($0),configs,read,allow" }.joined(separator: "\n")
        let policies = try (0..<6).map { number in
            Policy.create(
                id: ids.next(), of: tenant,
                PolicyContent(name: try DisplayName("p\(number)"), rules: try PolicyText(rules)), by: "x",
                at: clock.now()
            ).0
        }
        #expect(throws: Never.self) { try TenantPolicy(roles: [], policies: Array(policies.prefix(5))) }
        #expect(throws: TenantPolicy.Fault.self) { try TenantPolicy(roles: [], policies: policies) }
    }

    @Test(
        "The weekday and the hour are those of UTC",
        arguments: [
            ("2026-01-01T00:00:00Z", 4, 0), ("2026-11-22T23:59:59Z", 7, 23), ("1969-12-31T23:00:00Z", 3, 23),
            ("2024-02-26T12:30:00Z", 1, 12),
        ])
    func calendar(text: String, weekday: Int, hour: Int) throws {
        let own = try policy(
            "p, role:x, configs, read, allow, r.req.weekday == \(weekday) && r.req.hour == \(hour)")
        clock.advance(by: try #require(Timestamp(text)) - clock.now())
        #expect(passes(.configsRead, on: "a", as: caller([try Role("x")], policy: own)))
    }
}
