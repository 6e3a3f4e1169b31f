import TenonDomain
import TenonMemory
import TestSupport
import Testing

@testable import TenonApplication

/// What a tenant's roles and policies come to at most.
@Suite struct PolicyLimitTests {
    /// An owner, and the use cases of a tenant that has these roles and policies.
    private func access(
        roles: Int = 0, policies: [String] = []
    ) async throws -> (useCases: AccessUseCases, owner: Caller) {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let now = fixture.clock.now()
        let owner = Caller(
            .user(SignedInUser(id: user.id, tenant: user.tenant, session: fixture.ids.next(), roles: user.roles)),
            from: .test)
        let made = try (0..<roles).map { number in
            TenantRole.create(
                try Role("role\(number)"), of: user.tenant, description: nil, permissions: [], inherits: [], by: "test",
                at: now
            ).0
        }
        let written = try policies.enumerated().map { number, rules in
            Policy.create(
                id: fixture.ids.next(), of: user.tenant,
                PolicyContent(name: try DisplayName("policy \(number)"), rules: try PolicyText(rules)), by: "test",
                at: now
            ).0
        }
        try await fixture.memory.write(in: user.tenant, as: owner) { work throws(Failure) in
            for role in made { try await work.policies.add(role) }
            for policy in written { try await work.policies.add(policy) }
        }
        return (AccessUseCases(fixture.ports), owner)
    }

    private func creation(
        _ name: String, _ useCases: AccessUseCases, as owner: Caller
    ) async throws -> Failure? {
        let input = CreateRole.Input(
            role: try Role(name), description: nil, permissions: [.configsRead, .auditRead], inherits: [])
        return await failure { () throws(Failure) in try await useCases.createRole.execute(input, as: owner) }
    }

    @Test("a tenant has at most 200 roles of its own")
    func roles() async throws {
        let (useCases, owner) = try await access(roles: TenantRole.maxCount - 1)
        #expect(try await creation("last", useCases, as: owner) == nil)
        #expect(try await creation("more", useCases, as: owner)?.code == .tooManyRoles)
    }

    @Test("a tenant has at most 100 policies")
    func policies() async throws {
        let rules = "p, role:viewer, secrets, read, allow"
        let (useCases, owner) = try await access(policies: Array(repeating: rules, count: Policy.maxCount - 1))
        func create(_ name: String) async throws -> Failure? {
            let content = PolicyContent(name: try DisplayName(name), rules: try PolicyText(rules))
            return await failure { () throws(Failure) in
                try await useCases.createPolicy.execute(content, as: owner)
            }
        }
        #expect(try await create("last") == nil)
        #expect(try await create("more")?.code == .tooManyPolicies)
    }

    @Test("a role whose rules leave too little room for a policy is refused, and the policy is named")
    func interference() async throws {
        let full = (0..<4).map { part in
            (0..<(part < 3 ? 2500 : 2499)).map { "g,user:\($0),role:r\(part)" }.joined(separator: "\n")
        }
        let (useCases, owner) = try await access(policies: full)
        let refused = try await creation("auditor", useCases, as: owner)
        #expect(refused?.code == .policyInterference)
        #expect(refused?.detail.contains("The policy policy 3,") == true, "\(refused?.detail ?? "")")
    }
}

/// The memory of compiled policies.
@Suite struct PolicyMemoryTests {
    private let clock = ManualClock()

    private func access(_ tenant: UInt64, rules: Int) throws -> TenantAccess {
        let id = TenantID(high: 1, low: tenant)
        let text = (0..<rules).map {
            "p, user:usr_\(tenant)_\($0), configs, read, allow, r.res.key == 'key number \($0)'"
        }
        let policies = try stride(from: 0, to: rules, by: 500).map { start in
            Policy.create(
                id: PolicyID(high: 2, low: UInt64(start)), of: id,
                PolicyContent(
                    name: try DisplayName("policy \(start)"),
                    rules: try PolicyText(text[start..<min(start + 500, rules)].joined(separator: "\n"))),
                by: "test", at: clock.now()
            ).0
        }
        return try TenantAccess(tenant: id, status: .active, plan: .enterprise, roles: [], policies: policies)
    }

    @Test(
        "policies are kept by their size: some large ones, or many small ones, and the one asked for last is among them"
    )
    func bytes() throws {
        let large = try access(1, rules: 5_000)
        let size = try #require(large.policy?.bytes)
        let cache = TenantAccessCache(bytes: 5 * size)
        for tenant in UInt64(1)...8 {
            let policy = large.policy
            cache.keep(
                TenantAccess(
                    tenant: TenantID(high: 1, low: tenant), status: .active, plan: .enterprise, policy: policy),
                at: clock.now())
            #expect(cache.bytes <= 5 * size)
            #expect(cache.remembered(TenantID(high: 1, low: tenant), at: clock.now()) != nil)
        }
        #expect(cache.remembered(TenantID(high: 1, low: 1), at: clock.now()) == nil)
        for tenant in UInt64(100)..<1_000 {
            cache.keep(
                TenantAccess(tenant: TenantID(high: 1, low: tenant), status: .active, plan: .free), at: clock.now())
        }
        #expect(cache.remembered(TenantID(high: 1, low: 100), at: clock.now()) != nil)
    }

    @Test("a policy's size grows with its texts and its conditions, and is no more than a few times its text")
    func estimate() throws {
        let small = try #require(try access(1, rules: 500).policy?.bytes)
        let large = try #require(try access(1, rules: 5_000).policy?.bytes)
        #expect((8...12).contains(large / small))
        // A rule of some 70 bytes.
        #expect((500...1_200).contains(large / 5_000))
    }

    @Test("rules that would take too much memory are refused where they are written, and still read where they stand")
    func limit() throws {
        let sum = (0..<190).map { "\($0)" }.joined(separator: "+")
        let texts = (0..<20).map { policy in
            (0..<80).map { "p, role:viewer, configs, read, allow, \"\(policy * 100 + $0)+\(sum) > 0\"" }
                .joined(separator: "\n")
        }
        let policies = try texts.enumerated().map { number, text in
            Policy.create(
                id: PolicyID(high: 2, low: UInt64(number)), of: TenantID(high: 1, low: 1),
                PolicyContent(name: try DisplayName("policy \(number)"), rules: try PolicyText(text)), by: "test",
                at: clock.now()
            ).0
        }
        #expect {
            _ = try TenantPolicy(roles: [], policies: policies)
        } throws: { error in
            if case TenantPolicy.Fault.tooLarge(let bytes) = error { bytes > TenantPolicy.maxBytes } else { false }
        }
        _ = try TenantPolicy(roles: [], policies: policies, wereTried: true)
    }
}
